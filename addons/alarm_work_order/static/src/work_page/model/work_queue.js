import {Kept} from "./kept";

/** About as much as goes through a bad network in one piece. */
const BATCH_CHARACTERS = 600000;
const BATCH_CALLS = 50;

/**
 * What was typed and has not reached the server, in the order in which it was typed. Each call
 * has a key of its own, by which the server knows what it has done already: so a call is sent
 * until it is answered, however often.
 */
export class WorkQueue {
    /**
     * @param {Storage} storage
     * @param {string} name of this user's queue in the storage
     * @param {{newKey: () => string, now: () => string}} tools
     */
    constructor(storage, name, {newKey, now}) {
        this._kept = new Kept(storage, name, []);
        this._newKey = newKey;
        this._now = now;
        /** Keys of what is on its way: these do not change any more. */
        this._sending = new Set();
    }

    get calls() {
        return this._kept.value;
    }

    get isFull() {
        return this._kept.isFull;
    }

    /** Another tab of this browser has changed it. */
    reload() {
        this._kept.read();
    }

    /**
     * @param {number} order id
     * @param {string} verb
     * @param {object} values
     * @param {{field: string, shown: any}} options the field that it answers, of which only the
     *  last answer matters; and what to show there until the server has it
     * @returns {object} the call
     */
    add(order, verb, values, {field = null, shown = null} = {}) {
        const call = {
            key: this._newKey(),
            order,
            verb,
            values,
            at: this._now(),
            field,
            shown,
        };
        const others = this.calls.filter(
            (one) =>
                !field ||
                one.order !== order ||
                one.field !== field ||
                this._sending.has(one.key)
        );
        this._kept.write([...others, call]);
        return call;
    }

    /**
     * What to show in a field: what was typed last and is on its way.
     *
     * @param {number} order id
     * @param {string} field
     * @returns {object|undefined} the call
     */
    answerOf(order, field) {
        return this.calls.findLast((one) => one.order === order && one.field === field);
    }

    /** @returns {object[]} what is to be sent next; it counts as on its way until `settle`. */
    next() {
        const batch = [];
        let characters = 0;
        for (const call of this.waiting) {
            characters += JSON.stringify(call.values).length;
            if (
                batch.length &&
                (characters > BATCH_CHARACTERS || batch.length >= BATCH_CALLS)
            ) {
                break;
            }
            batch.push(call);
        }
        this._sending = new Set(batch.map((call) => call.key));
        return batch;
    }

    /**
     * @param {{key: string, ok: boolean, message: string}[]} results of the server; empty when it
     *  was not reached
     */
    settle(results) {
        this._sending.clear();
        const byKey = new Map(results.map((result) => [result.key, result]));
        this._kept.write(
            this.calls
                .filter((call) => !byKey.get(call.key)?.ok)
                .map((call) => {
                    const result = byKey.get(call.key);
                    return result ? {...call, refused: result.message || "?"} : call;
                })
        );
    }

    /** @param {string} key of a refused call that is to be sent once more */
    retry(key) {
        this._kept.write(
            this.calls.map((call) => {
                if (call.key !== key) {
                    return call;
                }
                const again = {...call};
                delete again.refused;
                return again;
            })
        );
    }

    /** @param {string} key of a call that is given up */
    drop(key) {
        this._kept.write(this.calls.filter((call) => call.key !== key));
    }

    /** @returns {object[]} what waits for the network */
    get waiting() {
        return this.calls.filter((call) => !call.refused);
    }

    /** @returns {object[]} what the server would not have */
    get refused() {
        return this.calls.filter((call) => call.refused);
    }
}
