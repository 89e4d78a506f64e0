/**
 * What was typed and not yet sent. It is kept in the browser's session, so that neither a
 * reload of the page nor a session that ended on the server loses it, and under the user's
 * own name, so that whoever logs in next on this computer does not see it.
 */

import {reactive} from "@odoo/owl";

/** Never kept, whatever form it is typed in. */
const SECRETS = new Set(["passcode", "password", "word"]);

export class Drafts {
    /**
     * @param {Storage} storage of the browser's session
     * @param {string} owner names the database and the user
     */
    constructor(storage, owner) {
        this._storage = storage;
        this._prefix = `alarm_board.draft.${owner}.`;
    }

    /**
     * @param {string} name of a form
     * @returns {object} what was typed there; empty when nothing was
     */
    read(name) {
        try {
            const found = JSON.parse(this._storage.getItem(this._prefix + name));
            return found && typeof found === "object" ? found : {};
        } catch {
            return {};
        }
    }

    /**
     * @param {string} name
     * @param {object} values plain ones; secrets among them are left out
     */
    keep(name, values) {
        const kept = Object.fromEntries(
            Object.entries(values).filter(([key, value]) => {
                return !SECRETS.has(key) && value !== "" && value !== null;
            })
        );
        if (!Object.keys(kept).length) {
            this.drop(name);
            return;
        }
        try {
            this._storage.setItem(this._prefix + name, JSON.stringify(kept));
        } catch {
            // The browser's storage is full or shut: it is still on the screen.
        }
    }

    /**
     * @param {string} name
     * @param {object} defaults what the form begins with
     * @returns {object} reactive: what is changed in it is kept at once
     */
    observed(name, defaults) {
        const draft = reactive({...defaults, ...this.read(name)});
        const watched = reactive(draft, () => this.keep(name, {...watched}));
        // What was read once is watched.
        this._watch(watched);
        return draft;
    }

    _watch(watched) {
        return JSON.stringify(watched);
    }

    /** It was sent, or is not wanted any more. */
    drop(name) {
        this._storage.removeItem(this._prefix + name);
    }

    /** Forget everything of this user: he logs out. */
    dropAll() {
        const keys = [];
        for (let index = 0; index < this._storage.length; index++) {
            keys.push(this._storage.key(index));
        }
        for (const key of keys) {
            if (key.startsWith(this._prefix)) {
                this._storage.removeItem(key);
            }
        }
    }
}
