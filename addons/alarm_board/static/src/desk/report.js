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
    key: "m",
    keyLabel: "M",
    label: _t("Report an incident by phone"),
    sequence: 60,
    run: (board) => openReport(board.env, board.store),
});
