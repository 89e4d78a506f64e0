/**
 * What the dispatcher in front of the board may do with an incident now. The server
 * decides; this only keeps the board from offering what would be refused.
 */

/** @typedef {"take"|"release"|"note"|"hold"|"resolve"} Verb */

/**
 * @param {object} row
 * @param {number} userId
 * @returns {Set<Verb>}
 */
export function verbsFor(row, userId) {
    if (!row.user) {
        return new Set(["take", "note"]);
    }
    if (row.user.id !== userId) {
        return new Set(["note"]);
    }
    if (row.state === "held") {
        return new Set(["take", "release", "note"]);
    }
    return new Set(["release", "note", "hold", "resolve"]);
}
