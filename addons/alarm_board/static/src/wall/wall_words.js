import {_t} from "@web/core/l10n/translation";
import {momentMs} from "../model/age";

/** What a line of the feed is about. */
export const FEED = {
    escalated: {icon: "fa-bullhorn", label: _t("Waits too long")},
    integrity: {icon: "fa-shield", label: _t("Integrity")},
    missing: {icon: "fa-question-circle", label: _t("Signals missing")},
    rejected: {icon: "fa-ban", label: _t("Rejected")},
    bridge_silent: {icon: "fa-plug", label: _t("Bridge silent")},
    bridge_condition: {icon: "fa-plug", label: _t("Bridge")},
    undecided: {icon: "fa-cogs", label: _t("Rules failed")},
    evidence: {icon: "fa-shield", label: _t("Evidence")},
    desk_empty: {icon: "fa-user-times", label: _t("Desk empty")},
    storm_begun: {icon: "fa-bolt", label: _t("Storm mode on")},
    storm_closed_together: {icon: "fa-bolt", label: _t("Closed in bulk")},
    storm_ended: {icon: "fa-sun-o", label: _t("Storm mode off")},
    storm_calm: {icon: "fa-sun-o", label: _t("Storm mode off by itself")},
};

export const PERSON_STATES = {
    present: _t("at the desk"),
    absent: _t("not heard"),
    away: _t("no shift"),
};

export const PRIORITY_LABELS = {
    1: _t("Critical"),
    2: _t("High"),
    3: _t("Medium"),
    4: _t("Low"),
    5: _t("Information"),
};

/**
 * @param {string} moment as the server writes it
 * @param {number} nowMs
 * @returns {string} time of day without seconds, with the date when it is not today's
 */
export function shortTime(moment, nowMs) {
    const when = luxon.DateTime.fromMillis(momentMs(moment));
    const today = luxon.DateTime.fromMillis(nowMs);
    return when.toFormat(when.hasSame(today, "day") ? "HH:mm" : "MM-dd HH:mm");
}
