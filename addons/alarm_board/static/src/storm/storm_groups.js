/**
 * A queue of hundreds, collapsed to what they have in common; and what of it may be closed.
 */

import {momentMs} from "../model/age";
import {isWaiting} from "../model/queue_order";

/** Not closed together with others unless somebody says so; the server judges again. */
const PROTECTED_CLASSES = new Set(["fire", "panic", "medical"]);

/** So many the server closes at a time. */
export const AT_ONCE = 200;

/** @typedef {"class"|"code"|"receiver"|"area"} GroupBy what a group has in common */

/** @type {GroupBy[]} */
export const GROUPINGS = ["class", "code", "receiver", "area"];

/**
 * @typedef {object} StormGroup
 * @property {string} key its own
 * @property {string} name in words; empty where nothing is known
 * @property {string} eventClass of all of them, else "other"
 * @property {object[]} rows that wait, the oldest first
 * @property {number} held how many more somebody has in hand
 * @property {number} guarded how many of those that wait are protected
 * @property {number|null} oldestMs since when the oldest waits
 */

/**
 * @param {Iterable<object>} rows open incidents
 * @param {GroupBy} by
 * @param {object} names
 * @param {(row: object) => string} names.words the event in words
 * @param {(eventClass: string) => string} names.classWords
 * @param {(row: object) => string} names.area where it is
 * @returns {StormGroup[]} the largest first
 */
export function stormGroups(rows, by, names) {
    const groups = new Map();
    for (const row of rows) {
        const name = nameOf(row, by, names);
        const group = groups.get(name) || {
            key: `${by}/${name}`,
            name,
            classes: new Set(),
            rows: [],
            held: 0,
            guarded: 0,
        };
        groups.set(name, group);
        group.classes.add(row.event.class);
        if (!isWaiting(row)) {
            group.held += 1;
            continue;
        }
        group.rows.push(row);
        group.guarded += isProtected(row) ? 1 : 0;
    }
    return [...groups.values()].map(summary).sort(bySize);
}

/** @returns {boolean} a person may be in danger */
export function isProtected(row) {
    return PROTECTED_CLASSES.has(row.event.class);
}

/**
 * @param {StormGroup[]} groups
 * @param {Set<string>} chosen keys of groups
 * @param {boolean} withProtected
 * @returns {{ids: number[], guarded: number, held: number}} what would be closed, and what
 *  is left out of what was chosen
 */
export function chosenOf(groups, chosen, withProtected) {
    const mine = groups.filter((group) => chosen.has(group.key));
    const rows = mine.flatMap((group) => group.rows);
    const closing = withProtected ? rows : rows.filter((row) => !isProtected(row));
    return {
        ids: closing.map((row) => row.id),
        guarded: rows.length - closing.length,
        held: mine.reduce((sum, group) => sum + group.held, 0),
    };
}

/**
 * @param {number[]} ids
 * @returns {number[][]} as many at a time as the server closes
 */
export function portions(ids) {
    const parts = [];
    for (let start = 0; start < ids.length; start += AT_ONCE) {
        parts.push(ids.slice(start, start + AT_ONCE));
    }
    return parts;
}

function nameOf(row, by, {words, classWords, area}) {
    switch (by) {
        case "class":
            return classWords(row.event.class);
        case "receiver":
            return row.receiver || "";
        case "area":
            return area(row) || "";
        default:
            return words(row);
    }
}

function summary({classes, ...group}) {
    group.rows.sort(byAge);
    return {
        ...group,
        eventClass: classes.size === 1 ? [...classes][0] : "other",
        oldestMs: momentMs(group.rows[0]?.queued_at),
    };
}

/** What has no moment is as old as can be, as in the queue. */
function byAge(a, b) {
    return (a.queued_at || "").localeCompare(b.queued_at || "");
}

function bySize(a, b) {
    return b.rows.length - a.rows.length || a.name.localeCompare(b.name);
}
