/**
 * The rows of the board, merged from two sources that overtake each other: notifications
 * of the bus and lists fetched from the server.
 *
 * A row has two facets that the server changes independently, in transactions that do
 * not wait for each other: what a dispatcher did to the incident, and which signals were
 * attached to it. `version` holds one monotonic stamp for each; a facet only ever moves
 * forward, whatever the order in which its versions arrive.
 */

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

/** How many incidents that have left are remembered, so that late news cannot revive them. */
const REMEMBERED = 5000;

/**
 * @param {object | undefined} known
 * @param {object} incoming
 * @returns {object} the newest of both, facet by facet; `known` itself when nothing is new
 */
export function mergeRow(known, incoming) {
    if (!known) {
        return incoming;
    }
    const incidentIsNews = incoming.version[0] > known.version[0];
    const signalsAreNews = incoming.version[1] > known.version[1];
    if (!incidentIsNews && !signalsAreNews) {
        return known;
    }
    if (incidentIsNews && incoming.version[1] >= known.version[1]) {
        return incoming;
    }
    const merged = {...(incidentIsNews ? incoming : known)};
    const newestSignals = signalsAreNews ? incoming : known;
    for (const field of SIGNAL_FACET) {
        merged[field] = newestSignals[field];
    }
    merged.version = [
        Math.max(known.version[0], incoming.version[0]),
        Math.max(known.version[1], incoming.version[1]),
    ];
    return merged;
}

export class IncidentRows {
    constructor() {
        /** @type {Map<number, object>} open incidents */
        this.open = new Map();
        /** @type {Map<number, object>} the last version of incidents that have left */
        this._left = new Map();
        /** @type {Map<number, number>} when a row was last heard of, in steps of `_step` */
        this._heardAt = new Map();
        this._step = 0;
    }

    /**
     * @param {object[]} rows
     * @returns {object[]} rows that were not open before and now are
     */
    merge(rows) {
        this._step += 1;
        const arrived = [];
        for (const incoming of rows) {
            const wasOpen = this.open.has(incoming.id);
            const row = mergeRow(
                this.open.get(incoming.id) || this._left.get(incoming.id),
                incoming
            );
            this._heardAt.set(row.id, this._step);
            if (OPEN_STATES.has(row.state)) {
                this.open.set(row.id, row);
                this._left.delete(row.id);
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
     * @returns {object|null} the last version known, also of an incident that has left
     */
    known(id) {
        return this.open.get(id) || this._left.get(id) || null;
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
        const listed = new Set(rows.map((row) => row.id));
        for (const [id, row] of this.open) {
            if (!listed.has(id) && this._heardAt.get(id) <= mark) {
                this._leave(row);
            }
        }
        return this.merge(rows);
    }

    _leave(row) {
        this.open.delete(row.id);
        this._heardAt.delete(row.id);
        this._left.delete(row.id);
        this._left.set(row.id, row);
        if (this._left.size > REMEMBERED) {
            this._left.delete(this._left.keys().next().value);
        }
    }
}
