import {Component, onMounted, useRef} from "@odoo/owl";
import {useHotkey} from "@web/core/hotkeys/hotkey_hook";
import {useActiveElement} from "@web/core/ui/ui_service";
import {boardCommands} from "../board/board_commands";

/** The keys of the board, those of other modules included. */
export class HelpOverlay extends Component {
    static template = "alarm_board.HelpOverlay";
    static props = {onClose: Function};

    setup() {
        // The focus stays in it, and goes back to where it was.
        useActiveElement("root");
        useHotkey("escape", () => this.props.onClose());
        this.close = useRef("close");
        onMounted(() => this.close.el.focus());
    }

    get commands() {
        return boardCommands();
    }
}
