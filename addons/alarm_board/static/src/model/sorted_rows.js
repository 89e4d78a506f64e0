/**
 * Rows in the order of the queue, kept so while they change one by one: a storm of alarms
 * must not sort thousands of rows for each of them.
 */

import {compareRows} from "./queue_order";

/** More changes than this share of the rows: sorting all of them is quicker. */
const REBUILD_SHARE = 8;

export class SortedRows {
    constructor() {
        this._list = [];
        /** @type {Map<number, object>} rows by id as the list has them */
        this._listed = new Map();
        /** @type {Map<number, object|null>} id to its new row, null: gone */
        this._changes = new Map();
    }

    put(row) {
        this._changes.set(row.id, row);
    }

    drop(id) {
        this._changes.set(id, null);
    }

    clear() {
        this._list = [];
        this._listed.clear();
        this._changes.clear();
    }

    /** @returns {object[]} not to be changed; another array after each change */
    get list() {
        if (this._changes.size) {
            if (this._changes.size * REBUILD_SHARE > this._list.length) {
                this._rebuild();
            } else {
                this._list = [...this._list];
                for (const [id, row] of this._changes) {
                    this._apply(id, row);
                }
            }
            this._changes.clear();
        }
        return this._list;
    }

    _rebuild() {
        for (const [id, row] of this._changes) {
            if (row) {
                this._listed.set(id, row);
            } else {
                this._listed.delete(id);
            }
        }
        this._list = [...this._listed.values()].sort(compareRows);
    }

    _apply(id, row) {
        const known = this._listed.get(id);
        if (known && row && compareRows(known, row) === 0) {
            this._list[this._place(known)] = row;
        } else {
            if (known) {
                this._list.splice(this._place(known), 1);
            }
            if (row) {
                this._list.splice(this._place(row), 0, row);
            }
        }
        if (row) {
            this._listed.set(id, row);
        } else {
            this._listed.delete(id);
        }
    }

    /** @returns {number} where the row is, or belongs */
    _place(row) {
        let low = 0;
        let high = this._list.length;
        while (low < high) {
            const middle = (low + high) >> 1;
            if (compareRows(this._list[middle], row) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
