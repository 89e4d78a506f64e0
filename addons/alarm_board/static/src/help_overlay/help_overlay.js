import {Component, onMounted, useRef} from "@odoo/owl";
import {boardCommands} from "../board/board_commands";

/** The keys of the board, those of other modules included. */
export class HelpOverlay extends Component {
    static template = "alarm_board.HelpOverlay";
    static props = {onClose: Function};

    setup() {
        this.close = useRef("close");
        onMounted(() => this.close.el.focus());
    }

    get commands() {
        return boardCommands();
    }
}
