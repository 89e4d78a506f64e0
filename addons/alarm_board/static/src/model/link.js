/**
 * Is what the board shows still true? Judged from what was heard, never from hope.
 */

import {ageSeconds, momentMs} from "./age";

/** Seconds without an answer of the server after which the board must not be trusted. */
export const SERVER_SILENT_AFTER = 45;

/** Seconds without a heartbeat after which a receiver counts as silent: bridges report
 *  every 10 s, and the board hears of it at the latest with its next list, 30 s on. */
export const RECEIVER_SILENT_AFTER = 60;

/**
 * @param {{socket: "connected"|"connecting"|"lost", failed: boolean,
 *          heardAt: number|null}} link `failed`: the last request failed; `heardAt`:
 *  milliseconds of the epoch of the last answer or notification
 * @param {number} nowMs
 * @returns {"connecting"|"connected"|"lost"}
 */
export function serverLink({socket, failed, heardAt}, nowMs) {
    if (failed || socket === "lost") {
        return "lost";
    }
    if (heardAt !== null && ageSeconds(heardAt, nowMs) >= SERVER_SILENT_AFTER) {
        return "lost";
    }
    return socket === "connected" && heardAt !== null ? "connected" : "connecting";
}

/**
 * @param {{state: string, last_heartbeat_at: string|null}} receiver
 * @param {number} nowMs on the server's clock
 * @returns {{level: "online"|"silent"|"unknown", age: number|null}} age in seconds
 */
export function receiverLink(receiver, nowMs) {
    const age = ageSeconds(momentMs(receiver.last_heartbeat_at), nowMs);
    if (age === null && receiver.state !== "silent") {
        return {level: "unknown", age};
    }
    if (receiver.state === "silent" || age >= RECEIVER_SILENT_AFTER) {
        return {level: "silent", age};
    }
    return {level: "online", age};
}
