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
 * @param {number|null} seconds
 * @param {[number, number]} [thresholds] seconds after which the age is a warning, a
 *  danger; not known yet when an alarm arrives before the first list
 * @returns {"fresh"|"warning"|"danger"}
 */
export function ageLevel(seconds, [warning, danger] = [Infinity, Infinity]) {
    if (seconds === null || seconds < warning) {
        return "fresh";
    }
    return seconds < danger ? "warning" : "danger";
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
 * @param {string|null|false} iso moment as the server writes it, "2026-11-20T08:00:00.123456Z"
 * @returns {number|null} milliseconds of the epoch
 */
export function momentMs(iso) {
    return iso ? Date.parse(iso) : null;
}
