/**
 * Is what the board shows still true? Judged from what was heard, never from hope.
 */

import {ageSeconds, momentMs} from "./age";

/** Seconds without an answer of the server after which the board must not be trusted: it
 *  asks every four, and waits eight for an answer. */
export const SERVER_SILENT_AFTER = 15;

/** Seconds without a heartbeat after which a receiver counts as silent: bridges report
 *  every ten, and the board hears of it within four. */
export const RECEIVER_SILENT_AFTER = 45;

/**
 * @param {{socket: "connected"|"connecting"|"lost", failure: string|null,
 *          heardAt: number|null, nowMs: number}} state of the board. `failure`: why the
 *  last request failed, null when it did not; `heardAt`: when the last answer or
 *  notification came, `nowMs`: now, both on this computer's clock
 * @returns {"connecting"|"connected"|"lost"}
 */
export function serverLink({socket, failure, heardAt, nowMs}) {
    if (failure !== null || socket === "lost") {
        return "lost";
    }
    if (heardAt !== null && ageSeconds(heardAt, nowMs) >= SERVER_SILENT_AFTER) {
        return "lost";
    }
    return socket === "connected" && heardAt !== null ? "connected" : "connecting";
}

/**
 * @param {{state: string, last_heartbeat_at: string|null}} receiver a bridge that is
 *  well may say of one of its lines that it is down
 * @param {number} nowMs on the server's clock
 * @returns {{level: "online"|"silent"|"unknown", age: number|null}} age in seconds
 */
export function receiverLink(receiver, nowMs) {
    const age = ageSeconds(momentMs(receiver.last_heartbeat_at), nowMs);
    if (["silent", "down"].includes(receiver.state)) {
        return {level: "silent", age};
    }
    if (age === null) {
        return {level: "unknown", age};
    }
    if (age >= RECEIVER_SILENT_AFTER) {
        return {level: "silent", age};
    }
    return {level: "online", age};
}
