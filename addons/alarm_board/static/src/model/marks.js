/**
 * The board's own marks of a row: what a dispatcher should know before he opens it.
 */

import {_t} from "@web/core/l10n/translation";
import {ageSeconds, momentMs, waitingSince} from "./age";
import {isWaiting} from "./queue_order";

const TOLD = {
    police: {icon: "fa-shield", label: _t("Police told")},
    fire: {icon: "fa-fire-extinguisher", label: _t("Fire brigade told")},
    medical: {icon: "fa-ambulance", label: _t("Ambulance told")},
};
const SEEN_KINDS = {
    false: _t("false alarm"),
    real: _t("real alarm"),
    test: _t("test"),
    technical: _t("technical"),
    cancelled: _t("cancelled"),
};

/**
 * @param {object} row
 * @param {number} nowMs on the server's clock
 * @returns {boolean} the premises, or a part of them, are on test now
 */
export function isOnTest(row, nowMs) {
    return (row.facts.tests || []).some(
        ([from, to]) => momentMs(from) <= nowMs && nowMs < momentMs(to)
    );
}

/**
 * @param {object} row
 * @param {{nowMs: number, target: import("./age").Target}} context
 * @returns {Array<import("../queue/row_marks").RowMark>} the most serious first
 */
export function boardMarks(row, {nowMs, target}) {
    const marks = [];
    const add = (name, icon, label, level, text) =>
        marks.push({name, icon, label: label.toString(), level, text});
    if (row.duress) {
        add("duress", "fa-user-times", _t("Duress"), "danger", _t("Duress").toString());
    }
    if (isWaiting(row) && ageSeconds(waitingSince(row), nowMs) >= target.pickup) {
        add("overdue", "fa-hourglass-end", _t("Past its target"), "danger");
    }
    if (row.two_knock) {
        add("confirmed", "fa-check-circle", _t("Confirmed by a second zone"), "danger");
    }
    if (row.runaway) {
        add("runaway", "fa-bolt", _t("Flood of signals from one source"), "warning");
    }
    if (row.exit_error) {
        add(
            "exit_error",
            "fa-sign-out",
            _t("Exit error? %s s after closing", row.exit_error),
            "warning"
        );
    }
    if (isOnTest(row, nowMs)) {
        add("on_test", "fa-flask", _t("On test"), "warning");
    }
    for (const party of row.facts.told || []) {
        if (TOLD[party]) {
            add(party, TOLD[party].icon, TOLD[party].label, "done");
        }
    }
    if (row.facts.calls) {
        add(
            "calls",
            "fa-phone",
            row.facts.reached
                ? _t("Calls: %s, somebody was reached", row.facts.calls)
                : _t("Calls: %s, nobody was reached", row.facts.calls),
            row.facts.reached ? "done" : undefined
        );
    }
    if (row.facts.seen) {
        const kind = SEEN_KINDS[row.facts.seen_kind];
        add(
            "seen",
            "fa-history",
            kind
                ? _t("Seen %(count)s × in 7 days, last: %(kind)s", {
                      count: row.facts.seen,
                      kind: kind.toString(),
                  })
                : _t("Seen %s × in 7 days", row.facts.seen),
            undefined,
            `${row.facts.seen}×`
        );
    }
    return marks;
}
