import {reactive} from "@odoo/owl";
import {ConnectionLostError, RPCError} from "@web/core/network/rpc";
import {Kept} from "./kept";
import {WorkQueue} from "./work_queue";

/** How long to wait before the server is tried again, in ms: twice as long each time. */
const RETRY_FIRST = 3000;
const RETRY_LAST = 60000;

/**
 * The orders of a crew as the phone knows them, and what was typed about them. Everything typed is
 * kept in the browser until the server has it; the orders are kept, too, so that the page shows
 * its last copy where there is no network.
 */
export class WorkStore {
    /**
     * @param {object} options
     * @param {(method: string, args: any[]) => Promise<any>} options.call a method of the model
     * @param {Storage} options.storage
     * @param {string} options.owner names the database and the user
     * @param {() => string} options.newKey
     * @param {(run: () => void, ms: number) => any} options.later
     * @param {(timer: any) => void} options.never
     */
    constructor({call, storage, owner, newKey, later, never}) {
        this._call = call;
        this._later = later;
        this._never = never;
        const name = `alarm_work.${owner}`;
        this._copy = new Kept(storage, `${name}.copy`, {orders: [], at: null});
        this._drafts = new Kept(storage, `${name}.drafts`, {});
        this._queue = new WorkQueue(storage, `${name}.queue`, {
            newKey,
            now: () => new Date().toISOString(),
        });
        this.prefix = name;
        this.state = reactive({
            orders: this._copy.value.orders,
            /** ISO time at which the server said so. */
            at: this._copy.value.at,
            loaded: false,
            /** "", "offline" or "session" */
            trouble: "",
            sending: false,
            full: false,
            drafts: {...this._drafts.value},
            waiting: [],
            refused: [],
        });
        this._pause = RETRY_FIRST;
        this._timer = null;
        this._closed = false;
        this._show();
    }

    /** Send what waits, then read the orders anew. */
    async load() {
        if (!(await this.flush())) {
            return false;
        }
        return this._try(async () => {
            const {orders, now} = await this._call("work_load", []);
            this._replace(orders, now);
            this.state.loaded = true;
        });
    }

    /**
     * Keep something that was typed, and send it as soon as that is possible.
     *
     * @param {number} order id
     * @param {string} verb see `_work_verbs` of the model
     * @param {object} values
     * @param {{field: string, shown: any}} options see `WorkQueue.add`
     * @returns {Promise<boolean>} whether the server has it
     */
    async send(order, verb, values, options = {}) {
        const {key} = this._queue.add(order, verb, values, options);
        if (options.field) {
            this.setDraft(order, options.field, null);
        }
        this._show();
        await this.flush();
        return !this._queue.calls.some((call) => call.key === key);
    }

    /**
     * Send what waits.
     *
     * @returns {Promise<boolean>} whether the server was reached
     */
    async flush() {
        if (this._flushing) {
            // What was added meanwhile goes with the next round of the same.
            return this._flushing;
        }
        this._flushing = this._flush();
        let reached = false;
        try {
            reached = await this._flushing;
        } finally {
            this._flushing = null;
        }
        // What was typed at the very end of it.
        return reached && this._queue.waiting.length ? this.flush() : reached;
    }

    async _flush() {
        this._never(this._timer);
        this.state.sending = true;
        let reached = true;
        let single = false;
        while (reached && this._queue.waiting.length) {
            const batch = this._queue.next();
            const calls = single ? batch.slice(0, 1) : batch;
            let results = [];
            reached = await this._try(
                async () => {
                    const answer = await this._call("work_send", [
                        calls.map(forServer),
                    ]);
                    results = answer.results;
                    this._merge(answer.orders);
                },
                (error) => {
                    // Something in it that the server cannot do at all: find out what, and go on
                    // with the rest.
                    if (calls.length === 1) {
                        results = [
                            {key: calls[0].key, ok: false, message: wordsOf(error)},
                        ];
                    }
                    single = true;
                }
            );
            this._queue.settle(results);
            this._show();
        }
        this.state.sending = false;
        return reached;
    }

    /** Run something that needs the server; say whether that was there. */
    async _try(run, onFailure) {
        try {
            await run();
        } catch (error) {
            if (error instanceof RPCError && !isSessionOver(error)) {
                if (!onFailure) {
                    throw error;
                }
                onFailure(error);
            } else if (
                error instanceof ConnectionLostError ||
                error instanceof RPCError
            ) {
                this.state.trouble = error instanceof RPCError ? "session" : "offline";
                this._tryLater();
                return false;
            } else {
                throw error;
            }
        }
        this.state.trouble = "";
        this._pause = RETRY_FIRST;
        return true;
    }

    _tryLater() {
        if (this._closed) {
            return;
        }
        this._never(this._timer);
        this._timer = this._later(() => this.load(), this._pause);
        this._pause = Math.min(2 * this._pause, RETRY_LAST);
    }

    /** The network is back, or somebody asks. */
    wake() {
        this._pause = RETRY_FIRST;
        return this.load();
    }

    /** Another tab has written. */
    reread() {
        this._queue.reload();
        this._show();
    }

    close() {
        this._closed = true;
        this._never(this._timer);
    }

    retry(key) {
        this._queue.retry(key);
        this._show();
        return this.flush();
    }

    drop(key) {
        this._queue.drop(key);
        this._show();
        return this.flush();
    }

    /**
     * What a field shows: what is being typed, else what is on its way, else what the server has.
     *
     * @param {number} order id
     * @param {string} field
     * @param {any} known what the server has
     */
    value(order, field, known) {
        const draft = this.state.drafts[`${order}/${field}`];
        if (draft !== undefined) {
            return draft;
        }
        const call = [...this.state.waiting, ...this.state.refused].findLast(
            (one) => one.order === order && one.field === field
        );
        return call ? call.shown : known;
    }

    /**
     * Keep what is being typed.
     *
     * @param {number} order id
     * @param {string} field
     * @param {any} value plain; null: forget it
     */
    setDraft(order, field, value) {
        const name = `${order}/${field}`;
        if (value === null) {
            delete this.state.drafts[name];
        } else {
            this.state.drafts[name] = value;
        }
        this._drafts.write({...this.state.drafts});
        this.state.full = this._drafts.isFull || this._queue.isFull;
    }

    /** @returns {object[]} what is on its way for an order, by its verb */
    pending(order, verb) {
        return this.state.waiting.filter(
            (call) => call.order === order && call.verb === verb
        );
    }

    /** @returns {object|undefined} */
    order(id) {
        return this.state.orders.find((order) => order.id === id);
    }

    /**
     * Take in what the server says of one order by itself, not as an answer.
     *
     * @param {object} order see `_work_data` of the model
     */
    receive(order) {
        this._merge([order]);
    }

    _merge(orders) {
        const byId = new Map(orders.map((order) => [order.id, order]));
        const merged = this.state.orders.map((order) => byId.get(order.id) || order);
        this._replace(merged, this.state.at);
    }

    _replace(orders, at) {
        Object.assign(this.state, {orders, at});
        this._copy.write({orders, at});
    }

    _show() {
        this.state.waiting = this._queue.waiting;
        this.state.refused = this._queue.refused;
        this.state.full = this._drafts.isFull || this._queue.isFull;
    }
}

function forServer({key, order, verb, values, at}) {
    return {key, order, verb, values, at};
}

function wordsOf(error) {
    return error.data?.message || error.message;
}

function isSessionOver(error) {
    return error.exceptionName === "odoo.http.SessionExpiredException";
}
