/**
 * The open incidents as the board knows them.
 *
 * Lists and notifications overtake each other on their way, and one that was sent before
 * may arrive after. A row has three facets that change apart from each other: the
 * incident, which signals were attached to it, and the facts beside it. `version` holds
 * one monotonic stamp for each; a facet only ever moves forward, whatever the order in
 * which its versions arrive.
 */

import {SortedRows} from "./sorted_rows";

/** States in which an incident is on the board. */
export const OPEN_STATES = new Set(["queued", "working", "held", "dispatched"]);

const SIGNAL_FACET = [
    "signal_uid",
    "signal_count",
    "delay",
    "ticked",
    "restored",
    "cancelled",
    "zone",
];
const FACTS_FACET = ["facts", "facts_digest"];

/** What a row says of what the server left out, because there is nothing to say. */
const EMPTY_ROW = {
    company_id: false,
    user: null,
    queued_at: null,
    returned_at: null,
    held_until: null,
    acted_at: null,
    shown: false,
    subscriber_id: null,
    subscriber: null,
    ref: null,
    customer_id: null,
    customer: null,
    category_id: null,
    territory_id: null,
    city: null,
    address: null,
    account: null,
    receiver: null,
    pickup: null,
    over: false,
    two_knock: false,
    runaway: false,
    exit_error: 0,
    duress: false,
    injected: false,
    caller: null,
    place: null,
    signal_uid: null,
    signal_count: 0,
    delay: 0,
    ticked: false,
    restored: false,
    cancelled: false,
    zone: null,
    facts: {},
    facts_digest: 0,
};

/** How many incidents that have left are remembered, so that late news cannot revive them. */
const REMEMBERED = 5000;
/** How many of them are kept whole: one may still be in the panel, to be closed. */
const RECENT = 100;

/**
 * @param {{rows: object[], events: Record<string, object>}} packed as the server sends it
 * @returns {object[]} rows with every field; events are shared among them
 */
export function unpackRows({rows, events}) {
    return rows.map((row) => ({...EMPTY_ROW, ...row, event: events[row.event]}));
}

/**
 * @param {object | undefined} known
 * @param {object} incoming
 * @returns {object} the newest of both, facet by facet; `known` itself when nothing is new
 */
export function mergeRow(known, incoming) {
    if (!known) {
        return incoming;
    }
    const [incident, signals, facts] = incoming.version.map(
        (stamp, facet) => stamp - known.version[facet]
    );
    if (incident <= 0 && signals <= 0 && facts <= 0) {
        return known;
    }
    if (incident > 0 && signals >= 0 && facts >= 0) {
        return incoming;
    }
    const merged = {...(incident > 0 ? incoming : known)};
    take(SIGNAL_FACET, merged, signals > 0 ? incoming : known);
    take(FACTS_FACET, merged, facts > 0 ? incoming : known);
    merged.version = incoming.version.map((stamp, facet) =>
        Math.max(stamp, known.version[facet])
    );
    return merged;
}

function take(fields, target, source) {
    for (const field of fields) {
        target[field] = source[field];
    }
}

export class IncidentRows {
    constructor() {
        /** @type {Map<number, object>} open incidents */
        this.open = new Map();
        this._sorted = new SortedRows();
        /** @type {Map<number, number[]>} the last version of incidents that have left */
        this._left = new Map();
        /** @type {Map<number, object>} the rows of the last that have left */
        this._recent = new Map();
        /** @type {Map<number, number>} when a row was last heard of, in steps of `_step` */
        this._heardAt = new Map();
        this._step = 0;
    }

    /** @returns {object[]} the open incidents in the order of the queue; not to be changed */
    get queue() {
        return this._sorted.list;
    }

    /**
     * @param {object[]} rows
     * @returns {object[]} rows that were not open before and now are
     */
    merge(rows) {
        this._step += 1;
        const arrived = [];
        for (const incoming of rows) {
            const left = this._left.get(incoming.id);
            if (left && incoming.version[0] <= left[0]) {
                continue;
            }
            const wasOpen = this.open.has(incoming.id);
            const row = mergeRow(this.open.get(incoming.id), incoming);
            this._heardAt.set(row.id, this._step);
            if (OPEN_STATES.has(row.state)) {
                this.open.set(row.id, row);
                this._sorted.put(row);
                this._left.delete(row.id);
                this._recent.delete(row.id);
                if (!wasOpen) {
                    arrived.push(row);
                }
            } else {
                this._leave(row);
            }
        }
        return arrived;
    }

    /**
     * @param {number} id
     * @returns {object|null} the last version known, also of an incident that has just left
     */
    known(id) {
        return this.open.get(id) || this._recent.get(id) || null;
    }

    /**
     * Call it before a list is asked for, and hand what it returns to `replace`.
     *
     * @returns {number}
     */
    mark() {
        return this._step;
    }

    /**
     * Merge a complete list of open incidents. A row that is missing in it has left,
     * unless it was heard of after the list had been asked for.
     *
     * @param {object[]} rows
     * @param {number} mark from `mark()`, taken before the request was sent
     * @returns {object[]} rows that were not open before and now are
     */
    replace(rows, mark) {
        this.keep(new Set(rows.map((row) => row.id)), mark);
        return this.merge(rows);
    }

    /**
     * Only these are open: what is not among them has left, unless it was heard of since.
     *
     * @param {Set<number>} listed ids
     * @param {number} mark from `mark()`, taken before the list was asked for
     */
    keep(listed, mark) {
        for (const [id, row] of this.open) {
            if (!listed.has(id) && this._heardAt.get(id) <= mark) {
                this._leave(row);
            }
        }
    }

    /**
     * @param {Array<[number, number, number, number]>} versions id, stamps of incident and
     *  signals, digest of the facts, as the server has them
     * @returns {number[]} ids of the rows that this board does not have, or has older
     */
    outdated(versions) {
        return versions
            .filter(([id, incident, signals, digest]) => {
                const left = this._left.get(id);
                if (left) {
                    return incident > left[0];
                }
                const row = this.open.get(id);
                return (
                    !row ||
                    incident > row.version[0] ||
                    signals > row.version[1] ||
                    (incident === row.version[0] && digest !== row.facts_digest)
                );
            })
            .map(([id]) => id);
    }

    /**
     * @returns {[number, number, number]} what the open rows add up to, to be compared
     *  with what the server says
     */
    digest() {
        let revisions = 0;
        let newest = 0;
        for (const {version} of this.open.values()) {
            revisions += version[0];
            newest = Math.max(newest, version[1]);
        }
        return [this.open.size, revisions, newest];
    }

    /** Forget everything: whoever looks may not see it any more. */
    clear() {
        this.open.clear();
        this._sorted.clear();
        this._left.clear();
        this._recent.clear();
        this._heardAt.clear();
    }

    _leave(row) {
        this.open.delete(row.id);
        this._sorted.drop(row.id);
        this._heardAt.delete(row.id);
        remember(this._left, row.id, row.version, REMEMBERED);
        remember(this._recent, row.id, row, RECENT);
    }
}

/** Keep it as the last of so many. */
function remember(map, key, value, most) {
    map.delete(key);
    map.set(key, value);
    if (map.size > most) {
        map.delete(map.keys().next().value);
    }
}
