/**
 * The state of a subscriber's fees as the board shows it.
 */

import {_t} from "@web/core/l10n/translation";

/** @type {Object<string, {label: string, level: string|undefined}>} */
export const FEE_LOOKS = {
    reminded: {label: _t("Fees overdue: reminded"), level: undefined},
    call: {label: _t("Fees overdue: to be called"), level: undefined},
    notice: {label: _t("Fees overdue: notice given"), level: "warning"},
    log_only: {label: _t("Fees overdue: log-only"), level: "danger"},
};

/** What it means for the dispatcher, who handles this incident in any case. */
export const FEE_ADVICE = {
    reminded: _t("Handle the alarm as always."),
    call: _t("Handle the alarm as always."),
    notice: _t("Handle the alarm as always: the notice period changes nothing of it."),
    log_only: _t(
        "Further signals of these premises are only logged. Finish what is in your hands."
    ),
};

/**
 * @param {object} row
 * @returns {import("@alarm_board/queue/row_marks").RowMark[]}
 */
export function feeMarks(row) {
    const look = FEE_LOOKS[row.facts?.fees];
    return look
        ? [
              {
                  name: "fees",
                  icon: "fa-credit-card",
                  label: look.label.toString(),
                  level: look.level,
              },
          ]
        : [];
}
