import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {ReportDialog} from "./report_dialog";

/**
 * Write down what somebody reports by telephone.
 *
 * @param {object} env
 * @param {AlarmBoardStore} store
 */
export function openReport(env, store) {
    env.services.dialog.add(ReportDialog, {
        store,
        onDone: async ({id, taken}) => {
            await store.load();
            if (taken) {
                store.events.trigger("OPEN-INCIDENT", id);
            }
        },
    });
}

registry.category("alarm_board_commands").add("report", {
    key: "o",
    keyLabel: "O",
    label: _t("Open an incident that somebody reports by phone"),
    sequence: 5,
    run: (board) => openReport(board.env, board.store),
});
