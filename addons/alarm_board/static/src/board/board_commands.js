import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

/**
 * What a key does on the board. Other modules add theirs to the registry category
 * "alarm_board_commands", and the help overlay tells of it by itself:
 *
 *     {
 *         key,         // as keyName() gives it: "r", "space", "?"
 *         keyLabel,    // as it is shown: "R"
 *         label,       // what it does
 *         sequence,    // its place in the help
 *         run: (board: AlarmBoard) => any,
 *     }
 *
 * Taken are space, enter, escape, the arrows, the digits and a c d g h n p t x / ?. Reserved
 * for modules to come are r (repair ticket) and i (insurance claim).
 */
const category = registry.category("alarm_board_commands");

category
    .add("take_next", {
        key: "space",
        keyLabel: _t("Space"),
        label: _t("Take the next alarm"),
        run: (board) => board.takeNext(),
    })
    .add("open", {
        key: "enter",
        keyLabel: _t("Enter"),
        label: _t("Open the selected incident"),
        run: (board) => board.openSelected(),
    })
    .add("note", {
        key: "n",
        keyLabel: "N",
        label: _t("Write a note"),
        run: (board) => board.startForm("note"),
    })
    .add("hold", {
        key: "h",
        keyLabel: "H",
        label: _t("Put on hold"),
        run: (board) => board.startForm("hold"),
    })
    .add("resolve", {
        key: "x",
        keyLabel: "X",
        label: _t("Resolve"),
        run: (board) => board.startForm("resolve"),
    })
    .add("help", {
        key: "?",
        keyLabel: "?",
        label: _t("Show this help"),
        run: (board) => {
            board.state.helping = true;
        },
    });

/** @returns {Array<{key: string, keyLabel: string, label: string, run: Function}>} */
export function boardCommands() {
    return category.getAll();
}
