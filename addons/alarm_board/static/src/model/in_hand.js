/**
 * What a dispatcher who leaves would leave behind.
 */

const IN_HAND = new Set(["working", "held", "dispatched"]);

/**
 * @param {Iterable<object>} rows of the queue
 * @param {number} userId
 * @returns {object[]} incidents that the dispatcher holds, also those that he put aside
 */
export function rowsInHand(rows, userId) {
    return [...rows].filter((row) => row.user?.id === userId && IN_HAND.has(row.state));
}
