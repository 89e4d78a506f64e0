/**
 * What the dispatcher in front of the board may do with an incident now. The server
 * decides; this only keeps the board from offering what would be refused.
 */

/**
 * @typedef {"take"|"release"|"note"|"hold"|"resolve"|"close"|"step"|"call"|"notify"
 *     |"preprocess"|"dispatch"|"finding"|"test"|"plan"|"score"|"acknowledge"} Verb
 */

const OUTSIDE = ["call", "notify", "passcode", "loss", "score", "acknowledge"];
const IN_HAND = ["hold", "resolve", "step", "preprocess", "dispatch", "plan", "test"];

/**
 * @param {object} row
 * @param {number} userId
 * @returns {Set<Verb>}
 */
export function verbsFor(row, userId) {
    if (row.state === "resolved") {
        const mine = row.user && row.user.id === userId;
        return new Set([
            "note",
            "close",
            "finding",
            ...OUTSIDE,
            ...(mine ? ["step"] : []),
        ]);
    }
    if (!row.user) {
        return new Set(["take", "note"]);
    }
    if (row.user.id !== userId) {
        return new Set(["note"]);
    }
    if (row.state === "held") {
        return new Set(["take", "release", "note", "finding", ...OUTSIDE]);
    }
    const release = row.state === "working" ? ["release"] : [];
    return new Set([...release, "note", "finding", ...OUTSIDE, ...IN_HAND]);
}
