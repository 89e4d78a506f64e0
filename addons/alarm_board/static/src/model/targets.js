/**
 * The clocks of a service level: what was promised, and how much time is left.
 */

import {formatAge, momentMs} from "./age";

/** The last part of the time allowed, in which a target is a warning. */
const WARNING_MS = 60000;

/**
 * @param {{due: string|null, done: string|null}} target
 * @param {number} nowMs on the server's clock
 * @returns {{level: "idle"|"met"|"missed"|"running"|"warning"|"late", seconds: number|null}}
 *  seconds: that were left when it was met, that are left, or that it is late by
 */
export function targetState({due, done}, nowMs) {
    if (!due) {
        return {level: "idle", seconds: null};
    }
    const dueMs = momentMs(due);
    const left = Math.trunc((dueMs - (done ? momentMs(done) : nowMs)) / 1000);
    if (done) {
        return {level: left < 0 ? "missed" : "met", seconds: Math.abs(left)};
    }
    if (left < 0) {
        return {level: "late", seconds: -left};
    }
    return {level: dueMs - nowMs <= WARNING_MS ? "warning" : "running", seconds: left};
}

/**
 * @returns {string} "2:30", "+0:45" when it is late
 */
export function targetClock({level, seconds}) {
    if (seconds === null) {
        return "–";
    }
    const late = ["late", "missed"].includes(level);
    return `${late ? "+" : ""}${formatAge(seconds)}`;
}
