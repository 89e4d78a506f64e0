/**
 * Incidents that belong together under one head: of one subscriber, or of one customer
 * with many premises.
 */

import {isWaiting} from "./queue_order";

/** @typedef {"incident"|"subscriber"|"customer"} Density how much is drawn together */

/** @type {Density[]} */
export const DENSITIES = ["incident", "subscriber", "customer"];

/**
 * @typedef {object} Item one line of the queue
 * @property {string} key its own
 * @property {object} [row] an incident
 * @property {object} [group] the head of several
 * @property {boolean} [inGroup] the incident stands below a head
 */

/**
 * @param {object[]} queue sorted
 * @param {Density} density
 * @param {Set<string>} collapsed keys of groups that show their head only
 * @returns {Item[]} groups stand where their first incident stands; what is alone has no
 *  head, and within a group the order is that of the queue
 */
export function itemsOf(queue, density, collapsed) {
    if (density === "incident") {
        return queue.map(rowItem);
    }
    const groups = new Map();
    for (const row of queue) {
        const key = groupKey(row, density);
        const group = groups.get(key);
        if (group) {
            group.push(row);
        } else {
            groups.set(key, [row]);
        }
    }
    const items = [];
    for (const [key, rows] of groups) {
        if (rows.length === 1) {
            items.push(rowItem(rows[0]));
            continue;
        }
        const isCollapsed = collapsed.has(key);
        items.push({key, group: headOf(key, density, rows, isCollapsed)});
        if (!isCollapsed) {
            for (const row of rows) {
                items.push({...rowItem(row), inGroup: true});
            }
        }
    }
    return items;
}

function rowItem(row) {
    return {key: `row/${row.id}`, row};
}

/** Of what has no subscriber nothing is known that belongs together. */
function groupKey(row, density) {
    const id = density === "customer" ? row.customer_id : row.subscriber_id;
    return id ? `${density}/${id}` : `row/${row.id}`;
}

/** What the head of a group tells; nothing that waits in it may be overlooked. */
function headOf(key, density, rows, collapsed) {
    const waiting = rows.filter(isWaiting);
    // The queue is sorted: the first that waits is the most urgent one.
    const [first] = waiting.length ? waiting : rows;
    const signals = rows.reduce((sum, row) => sum + row.signal_count, 0);
    return {
        key,
        collapsed,
        first,
        name: density === "customer" ? first.customer : first.subscriber,
        incidents: rows.length,
        sites: new Set(rows.map((row) => row.subscriber_id)).size,
        signals,
        waiting: waiting.length,
    };
}
