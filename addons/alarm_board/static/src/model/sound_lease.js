/**
 * Of several tabs of one browser only one sounds: the one that has the lease. Kept in the
 * browser's storage, which all tabs share; a tab that was closed or crashed gives it up by
 * not renewing it.
 */

/** Longer than the pause between two renewals, shorter than an alarm may be silent. */
export const LEASE_MS = 3500;

/**
 * @param {string|null} stored what the storage holds
 * @param {string} me this tab
 * @param {number} nowMs
 * @returns {{mine: boolean, stored: string|null}} whether this tab sounds, and what the
 *  storage is to hold then (null: leave it as it is)
 */
export function claim(stored, me, nowMs) {
    const [holder, until] = (stored || "").split("@");
    const lapsed = !(Number(until) > nowMs && Number(until) <= nowMs + LEASE_MS);
    if (holder === me || lapsed) {
        return {mine: true, stored: `${me}@${nowMs + LEASE_MS}`};
    }
    return {mine: false, stored: null};
}

/**
 * @returns {boolean} `me` has it and gives it up by leaving
 */
export function isHolder(stored, me) {
    return (stored || "").split("@")[0] === me;
}
