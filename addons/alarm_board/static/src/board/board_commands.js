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
 * Space, Enter, Escape, the arrows, the digits, / and ? and the letters a c d f g h k l m n
 * o p s t u v w x are taken. r (repair ticket) and i (insurance claim) are kept for modules to
 * come. A key of a module opens a form of its own: see incident_panel/panel_forms.js. No
 * command has a key with Ctrl, Alt or Meta, which are the browser's, and none an F key,
 * which Odoo's hotkey service refuses; that service also refuses the numeric keypad, / and
 * ?, so the board listens itself.
 */
const category = registry.category("alarm_board_commands");

category
    .add("take_next", {
        key: "space",
        keyLabel: _t("Space"),
        label: _t("Take the next alarm"),
        sequence: 10,
        run: (board) => board.takeNext(),
    })
    .add("enter", {
        key: "enter",
        keyLabel: _t("Enter"),
        label: _t("Do the step in hand; in the queue, open the selected incident"),
        sequence: 20,
        run: (board) => board.enter(),
    })
    .add("do", {
        key: "d",
        keyLabel: "D",
        label: _t("Do the step in hand"),
        sequence: 21,
        run: (board) => board.openedRow && board.desk.doStep(),
    })
    .add("leave", {
        key: "0",
        keyLabel: "0",
        label: _t("Leave the step out, with a reason"),
        sequence: 22,
        run: (board) => board.openedRow && board.desk.leaveStep(),
    })
    .add("call", {
        key: "c",
        keyLabel: "C",
        label: _t("Call the next person on the list"),
        sequence: 30,
        run: (board) => board.openForm("call"),
    })
    .add("note", {
        key: "n",
        keyLabel: "N",
        label: _t("Write a note"),
        sequence: 31,
        run: (board) => board.openForm("note"),
    })
    .add("templates", {
        key: "/",
        keyLabel: "/",
        label: _t("Write a note from a template"),
        sequence: 32,
        run: (board) => board.openForm("note", {templates: true}),
    })
    .add("passcode", {
        key: "k",
        keyLabel: "K",
        label: _t("Check a passcode"),
        sequence: 33,
        run: (board) => board.openForm("passcode"),
    })
    .add("police", {
        key: "p",
        keyLabel: "P",
        label: _t("Call the police"),
        sequence: 40,
        run: (board) => board.openForm("notify", {party: "police"}),
    })
    .add("notify", {
        key: "m",
        keyLabel: "M",
        label: _t("Tell the customer, the insurer or others"),
        sequence: 41,
        run: (board) => board.openForm("notify"),
    })
    .add("preprocess", {
        key: "u",
        keyLabel: "U",
        label: _t("Cannot tell: say what is done before somebody is there"),
        sequence: 42,
        run: (board) => board.openForm("preprocess"),
    })
    .add("finding", {
        key: "f",
        keyLabel: "F",
        label: _t("Write down what was found at the site"),
        sequence: 43,
        run: (board) => board.openForm("finding"),
    })
    .add("loss", {
        key: "l",
        keyLabel: "L",
        label: _t("Write down the loss"),
        sequence: 44,
        run: (board) => board.openForm("loss"),
    })
    .add("acknowledge", {
        key: "a",
        keyLabel: "A",
        label: _t("Acknowledge the signals"),
        sequence: 50,
        run: (board) => board.openedRow && board.desk.acknowledge(),
    })
    .add("plan", {
        key: "s",
        keyLabel: "S",
        label: _t("Switch to the plan that is offered"),
        sequence: 51,
        run: (board) => board.openedRow && board.desk.switchPlan(),
    })
    .add("score", {
        key: "v",
        keyLabel: "V",
        label: _t("Set the alarm score"),
        sequence: 52,
        run: (board) => board.openForm("score"),
    })
    .add("hold", {
        key: "h",
        keyLabel: "H",
        label: _t("Put on hold"),
        sequence: 60,
        run: (board) => board.openForm("hold"),
    })
    .add("test", {
        key: "t",
        keyLabel: "T",
        label: _t("Put on test"),
        sequence: 61,
        run: (board) => board.openForm("test"),
    })
    .add("resolve", {
        key: "x",
        keyLabel: "X",
        label: _t("Resolve; when it is resolved, close"),
        sequence: 70,
        run: (board) => board.openedRow && board.desk.end(),
    })
    .add("help", {
        key: "?",
        keyLabel: "?",
        label: _t("Show this help"),
        sequence: 90,
        run: (board) => {
            board.state.helping = true;
        },
    });

/** @returns {Array<{key: string, keyLabel: string, label: string, run: Function}>} */
export function boardCommands() {
    return category.getAll().sort((a, b) => (a.sequence ?? 80) - (b.sequence ?? 80));
}
