/**
 * What the wall makes of the server's figures: levels, shares, words of seconds. Pure.
 */

import {_t} from "@web/core/l10n/translation";
import {ageSeconds, momentMs} from "../model/age";

/** More alarms than that for one dispatcher and hour are too many. */
export const ALARMS_PER_HOUR = 12;
/** After so short a time a rate says nothing. */
const SHORTEST_HOURS = 0.25;
/** Nothing has been heard for so long: what is shown may be wrong. */
const STALE_MS = 15000;

/** @typedef {"none"|"fresh"|"warning"|"danger"} Level */

/**
 * @param {{since: string, pickup: number|null, escalate: number|null}|null} oldest what has
 *  waited longest; null when nothing waits
 * @param {number} nowMs on the server's clock
 * @returns {{seconds: number|null, level: Level, share: number}} `share` of the time until
 *  the supervisors are called, 0 to 1
 */
export function waitOf(oldest, nowMs) {
    if (!oldest) {
        return {seconds: null, level: "none", share: 0};
    }
    const seconds = ageSeconds(momentMs(oldest.since), nowMs);
    const {pickup, escalate} = oldest;
    if (!pickup || !escalate) {
        return {seconds, level: "fresh", share: 0};
    }
    return {
        seconds,
        level: levelOf(seconds, pickup, escalate),
        share: Math.min(1, seconds / escalate),
    };
}

/** @returns {Level} */
export function levelOf(value, warning, danger) {
    if (value === null || value === undefined || !warning) {
        return "none";
    }
    if (value > danger) {
        return "danger";
    }
    return value > warning ? "warning" : "fresh";
}

/**
 * @param {object} figure one line of response times
 * @returns {{p80: Level, p985: Level}} EN 50518 wants 80 % within one time and 98.5 % within
 *  another: those of the class after which it is overdue, and supervisors are called
 */
export function figureLevels(figure) {
    const {p80, p985, target, limit} = figure;
    return {
        p80: levelOf(p80, target, limit || target),
        p985: levelOf(p985, limit || target, limit || target),
    };
}

/**
 * @param {object} person
 * @param {string} since from when on what was taken is counted
 * @param {number} nowMs on the server's clock
 * @returns {{inHand: number, perHour: number|null, level: Level}}
 */
export function loadOf(person, since, nowMs) {
    const inHand = person.working + person.dispatched + person.held;
    const from = Math.max(momentMs(person.started) || 0, momentMs(since) || 0);
    const hours = (nowMs - from) / 3600000;
    const perHour =
        person.started && hours >= SHORTEST_HOURS ? person.taken / hours : null;
    return {
        inHand,
        perHour: perHour === null ? null : Math.round(perHour * 10) / 10,
        level:
            perHour === null
                ? "none"
                : levelOf(perHour, ALARMS_PER_HOUR, ALARMS_PER_HOUR * 1.5),
    };
}

/**
 * @param {number|null} seconds
 * @returns {string} "16 s", "1:42", "–"
 */
export function secondsWords(seconds) {
    if (seconds === null || seconds === undefined) {
        return "–";
    }
    if (seconds < 100) {
        return String(_t("%s s", seconds));
    }
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/**
 * @param {number|null} share 0 to 1
 * @returns {string} "98.4 %"; never rounded up to a hundred that it is not
 */
export function shareWords(share) {
    if (share === null || share === undefined) {
        return "–";
    }
    return `${Math.floor(share * 1000) / 10} %`;
}

/** Lines of one kind so close to each other are one line. */
const TOGETHER_MS = 60000;

/**
 * @param {Array<{kind: string, at: string, text: string, open: boolean}>} feed newest first
 * @returns {object[]} the same, with `times`: a storm that calls the supervisors forty times
 *  must not push everything else off the wall
 */
export function collapsed(feed) {
    const lines = [];
    for (const line of feed) {
        const last = lines.at(-1);
        if (
            last &&
            last.kind === line.kind &&
            momentMs(last.lastAt) - momentMs(line.at) < TOGETHER_MS
        ) {
            last.times += 1;
            last.lastAt = line.at;
            last.open ||= line.open;
        } else {
            lines.push({...line, times: 1, lastAt: line.at});
        }
    }
    return lines;
}

/**
 * @param {{heardMs: number|null, failure: string|null}} state of the wall
 * @param {number} nowMs on this computer's clock
 * @returns {boolean} what is shown may be wrong
 */
export function isStale({heardMs, failure}, nowMs) {
    // Heard in the future: the clock was set back since.
    return (
        failure !== null || (heardMs !== null && Math.abs(nowMs - heardMs) > STALE_MS)
    );
}
