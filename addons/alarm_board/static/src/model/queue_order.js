/**
 * The order of the queue and what is shown of it. One order everywhere, the trade's:
 * priority first, then the oldest.
 */

/** @typedef {"all"|"new"|"mine"|"others"|"held"} QueueFilter */

/** @type {QueueFilter[]} */
export const FILTERS = ["all", "new", "mine", "others", "held"];

/**
 * @returns {number} negative when `a` is to be handled before `b`
 */
export function compareRows(a, b) {
    if (a.priority !== b.priority) {
        return a.priority < b.priority ? -1 : 1;
    }
    // ISO moments of one format compare as text. An incident without the moment is as
    // old as can be: it must not sink to the bottom.
    const queuedA = a.queued_at || "";
    const queuedB = b.queued_at || "";
    if (queuedA !== queuedB) {
        return queuedA < queuedB ? -1 : 1;
    }
    return a.id - b.id;
}

/**
 * @returns {boolean} nobody has taken it
 */
export function isWaiting(row) {
    return row.state === "queued" && !row.user;
}

/**
 * Every row belongs to exactly one filter beside "all".
 *
 * @param {object} row
 * @param {number} userId the dispatcher in front of the board
 * @returns {QueueFilter}
 */
export function filterOf(row, userId) {
    if (row.state === "held") {
        return "held";
    }
    if (!row.user) {
        return "new";
    }
    return row.user.id === userId ? "mine" : "others";
}

/**
 * @param {Iterable<object>} rows
 * @param {number} userId
 * @returns {Record<QueueFilter, number>}
 */
export function countByFilter(rows, userId) {
    const counts = Object.fromEntries(FILTERS.map((filter) => [filter, 0]));
    for (const row of rows) {
        counts.all += 1;
        counts[filterOf(row, userId)] += 1;
    }
    return counts;
}

/**
 * @param {Iterable<object>} rows
 * @param {string[]} priorities
 * @returns {Record<string, {waiting: number, open: number}>}
 */
export function countByPriority(rows, priorities) {
    const counts = Object.fromEntries(
        priorities.map((priority) => [priority, {waiting: 0, open: 0}])
    );
    for (const row of rows) {
        const count = counts[row.priority];
        if (count) {
            count.open += 1;
            count.waiting += isWaiting(row) ? 1 : 0;
        }
    }
    return counts;
}

/**
 * @param {Iterable<object>} rows
 * @param {{filter: QueueFilter, text: string, userId: number,
 *          words: (row: Object) => string}} options `words` gives the event in words
 * @returns {Object[]} sorted; every word of the text occurs somewhere in the row
 */
export function queueOf(rows, {filter, text, userId, words}) {
    const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
    const queue = [];
    for (const row of rows) {
        if (filter !== "all" && filterOf(row, userId) !== filter) {
            continue;
        }
        if (wanted.length) {
            const haystack = searchable(row, words(row));
            if (!wanted.every((word) => haystack.includes(word))) {
                continue;
            }
        }
        queue.push(row);
    }
    return queue.sort(compareRows);
}

/**
 * @param {Iterable<object>} rows
 * @returns {object | null} what a dispatcher who is free takes next
 */
export function nextWaiting(rows) {
    let next = null;
    for (const row of rows) {
        if (isWaiting(row) && (next === null || compareRows(row, next) < 0)) {
            next = row;
        }
    }
    return next;
}

function searchable(row, words) {
    return [
        words,
        row.name,
        row.subscriber,
        row.ref,
        row.account,
        row.address,
        row.zone,
        row.user && row.user.name,
        row.event.code,
    ]
        .filter(Boolean)
        .join(" ")
        .toLowerCase();
}
