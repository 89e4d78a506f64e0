/**
 * Ages of what waits, in whole seconds, and how old is too old.
 */

/**
 * @param {{nowMs: number, clockOffset: number}} state of the board
 * @returns {number} now on the server's clock, milliseconds of the epoch
 */
export function serverNowMs({nowMs, clockOffset}) {
    return nowMs + clockOffset;
}

/**
 * @param {number|null} sinceMs moment in milliseconds of the epoch, null when unknown
 * @param {number} nowMs
 * @returns {number|null} whole seconds, never negative; null when there is no moment
 */
export function ageSeconds(sinceMs, nowMs) {
    if (sinceMs === null) {
        return null;
    }
    return Math.max(0, Math.floor((nowMs - sinceMs) / 1000));
}

/**
 * @typedef {object} Target how long an incident may wait, in seconds
 * @property {number} pickup to be taken within; later it is overdue
 * @property {number} escalate after which the supervisors are called
 * @property {number} idle in hand without anything being done
 */

const NO_TARGET = {pickup: Infinity, escalate: Infinity, idle: Infinity};

/**
 * Targets are data of the centre, by event class and company.
 */
export class Targets {
    /**
     * @param {Array<[string, number|false, number, number, number]>} [list] class, company
     *  (false: all), pickup, escalate, idle
     */
    constructor(list = []) {
        this._byClass = new Map(
            list.map(([eventClass, company, pickup, escalate, idle]) => [
                `${eventClass}/${company || ""}`,
                {pickup, escalate, idle},
            ])
        );
    }

    /**
     * @param {object} row
     * @returns {Target} the stricter of what the centre demands of the class and what the
     *  subscriber was promised; Infinity where nobody demands anything
     */
    of(row) {
        const eventClass = row.event.class;
        const {pickup, escalate, idle} =
            this._byClass.get(`${eventClass}/${row.company_id || ""}`) ||
            this._byClass.get(`${eventClass}/`) ||
            NO_TARGET;
        return {pickup: Math.min(pickup, row.pickup || Infinity), escalate, idle};
    }
}

/**
 * @param {object} row
 * @returns {number|null} since when it waits, milliseconds of the epoch: what came back to
 *  the queue waits anew
 */
export function waitingSince(row) {
    const queued = momentMs(row.queued_at);
    const returned = momentMs(row.returned_at);
    return returned && returned > queued ? returned : queued;
}

/**
 * @param {number|null} seconds it has waited
 * @param {Target} [target]
 * @returns {"fresh"|"warning"|"danger"} warning: overdue; danger: the supervisors are called
 */
export function ageLevel(seconds, target = NO_TARGET) {
    if (seconds === null || seconds < target.pickup) {
        return "fresh";
    }
    return seconds < target.escalate ? "warning" : "danger";
}

/**
 * @param {number|null} seconds
 * @returns {string} "0:07", "12:34", "1:02:03"; hours are not folded into days, because
 *  "75:12:09" in a queue is a scandal that should look like one. "–" when unknown.
 */
export function formatAge(seconds) {
    if (seconds === null) {
        return "–";
    }
    const twoDigits = (number) => String(number).padStart(2, "0");
    const hours = Math.floor(seconds / 3600);
    const minutes = Math.floor(seconds / 60) % 60;
    const rest = twoDigits(seconds % 60);
    return hours ? `${hours}:${twoDigits(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/**
 * @param {string|null|false|undefined} iso moment as the server writes it,
 *  "2026-11-20T08:00:00.123456Z"
 * @returns {number|null} milliseconds of the epoch
 */
export function momentMs(iso) {
    return iso ? Date.parse(iso) : null;
}
