/**
 * The board's own words, and the trade's as the server sends them.
 */

import {_t} from "@web/core/l10n/translation";

export const PRIORITIES = ["1", "2", "3", "4", "5"];

export const STATE_LABELS = {
    queued: _t("New"),
    working: _t("In progress"),
    held: _t("On hold"),
    dispatched: _t("Dispatched"),
    resolved: _t("Resolved"),
    closed: _t("Closed"),
};

export const FILTER_LABELS = {
    all: _t("All"),
    new: _t("New"),
    mine: _t("Mine"),
    others: _t("Others"),
    held: _t("On hold"),
    dispatched: _t("Dispatched"),
};

/** Lists of other things than incidents, shown in the place of the queue. */
export const LIST_LABELS = {
    on_test: _t("On test"),
    unrestored: _t("Unrestored"),
};

export const DENSITY_LABELS = {
    incident: _t("Every incident"),
    subscriber: _t("By subscriber"),
    customer: _t("By customer"),
};

/**
 * @param {{code: string|false, names: Record<string, string>}} event sent once to every
 *  dispatcher, hence with its name in every language installed
 * @param {string} lang "zh_CN"
 * @returns {string} the event in words; its bare code when nobody knows the code
 */
export function eventWords({code, names}, lang) {
    return names[lang] || names.en_US || code || _t("Unknown event").toString();
}

/**
 * @param {number} seconds
 * @returns {string} "12 min", "2 h 5 min": minutes matter, seconds do not
 */
export function durationWords(seconds) {
    const hours = Math.floor(seconds / 3600);
    const minutes = Math.floor(seconds / 60) % 60;
    return [hours && _t("%s h", hours), (minutes || !hours) && _t("%s min", minutes)]
        .filter(Boolean)
        .join(" ");
}

/**
 * @param {{name: string, state: string, heard: boolean, sending: boolean}} bridge one of
 *  those that serve a receiver
 * @returns {string} what it does there
 */
export function bridgeWords({name, state, heard, sending}) {
    if (!heard) {
        return _t("%s: the bridge is silent", name);
    }
    if (state !== "online") {
        return _t("%s: the line is not connected", name);
    }
    return sending ? _t("%s: hands over", name) : _t("%s: stands by", name);
}

/**
 * @param {number} ms moment in milliseconds of the epoch
 * @returns {string} time of day, with the date when it is not that of `nowMs`
 */
export function formatMoment(ms, nowMs) {
    if (ms === null) {
        return "–";
    }
    const moment = luxon.DateTime.fromMillis(ms);
    const today = luxon.DateTime.fromMillis(nowMs);
    return moment.toFormat(
        moment.hasSame(today, "day") ? "HH:mm:ss" : "MM-dd HH:mm:ss"
    );
}
