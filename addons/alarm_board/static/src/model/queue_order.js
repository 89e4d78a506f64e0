/**
 * The order of the queue and what is shown of it. One order everywhere, the trade's:
 * priority first, then the oldest.
 */

/** @typedef {"all"|"new"|"mine"|"others"|"held"|"dispatched"} QueueFilter */

/** @type {QueueFilter[]} */
export const FILTERS = ["all", "new", "mine", "others", "held", "dispatched"];

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
 * Whose a row is, to be told from the others at a glance: exactly one of these.
 *
 * @param {object} row
 * @param {number} userId the dispatcher in front of the board
 * @returns {"new"|"mine"|"others"|"held"}
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
 * Filters overlap: what I hold and have sent somebody to is mine, and dispatched.
 *
 * @returns {boolean}
 */
export function passes(row, filter, userId) {
    switch (filter) {
        case "all":
            return true;
        case "new":
            return !row.user && row.state !== "held";
        case "mine":
            return Boolean(row.user) && row.user.id === userId;
        case "others":
            return Boolean(row.user) && row.user.id !== userId;
        default:
            return row.state === filter;
    }
}

/**
 * @param {Iterable<object>} rows
 * @param {number} userId
 * @returns {Record<QueueFilter, number>}
 */
export function countByFilter(rows, userId) {
    const counts = Object.fromEntries(FILTERS.map((filter) => [filter, 0]));
    for (const row of rows) {
        for (const filter of FILTERS) {
            counts[filter] += passes(row, filter, userId) ? 1 : 0;
        }
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
 * @typedef {object} Narrowing what is looked for; empty: everything
 * @property {string} [area] "territory/7" or "city/Testville"
 * @property {string} [group] "category/7" or "group/3"
 */

/**
 * @param {Iterable<object>} rows in the order of the queue
 * @param {{filter: QueueFilter, text: string, userId: number,
 *          words: (row: Object) => string, area?: string, group?: string,
 *          groupOf?: (row: Object) => number|undefined}} options `words` gives the event
 *  in words, `groupOf` the receiver group by which a row came
 * @returns {Object[]} those that pass; every word of the text occurs somewhere in the row
 */
export function queueOf(
    rows,
    {filter, text, userId, words, area = "", group = "", groupOf = () => undefined}
) {
    const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
    const queue = [];
    for (const row of rows) {
        if (!passes(row, filter, userId)) {
            continue;
        }
        if (area && !areasOf(row).includes(area)) {
            continue;
        }
        if (group && !groupsOf(row, groupOf).includes(group)) {
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
    return queue;
}

/** @returns {string[]} the areas that a row belongs to, as `Narrowing.area` names them */
export function areasOf(row) {
    const areas = [];
    if (row.territory_id) {
        areas.push(`territory/${row.territory_id}`);
    }
    if (row.city) {
        areas.push(`city/${row.city}`);
    }
    return areas;
}

function groupsOf(row, groupOf) {
    const groups = row.category_id ? [`category/${row.category_id}`] : [];
    const group = groupOf(row);
    return group ? [...groups, `group/${group}`] : groups;
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
        row.customer,
        row.caller,
        row.user && row.user.name,
        row.event.code,
    ]
        .filter(Boolean)
        .join(" ")
        .toLowerCase();
}
