/**
 * A value kept in the browser, that survives a reload of the page. Where the storage is full or
 * shut the value lives on in memory, and `isFull` says that a reload would lose it.
 */
export class Kept {
    /**
     * @param {Storage} storage
     * @param {string} name
     * @param {any} empty what it is when nothing was kept
     */
    constructor(storage, name, empty) {
        this._storage = storage;
        this.name = name;
        this._empty = empty;
        this.isFull = false;
        this.read();
    }

    /** Read it again: another tab may have written it. */
    read() {
        this.value = structuredClone(this._empty);
        try {
            const found = JSON.parse(this._storage.getItem(this.name));
            if (kindOf(found) === kindOf(this._empty)) {
                this.value = found;
            }
        } catch {
            // What cannot be read was not kept.
        }
        return this.value;
    }

    /** @param {any} value plain data */
    write(value) {
        this.value = value;
        try {
            this._storage.setItem(this.name, JSON.stringify(value));
            this.isFull = false;
        } catch {
            this.isFull = true;
        }
    }
}

function kindOf(value) {
    if (value === null) {
        return "nothing";
    }
    return Array.isArray(value) ? "list" : typeof value;
}
