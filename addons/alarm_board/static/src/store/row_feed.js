import {markRaw} from "@odoo/owl";
import {user} from "@web/core/user";
import {Targets} from "../model/age";
import {unpackRows} from "../model/incident_rows";

const CHANNEL = "alarm_board";
/** The server is asked this often row by row, in case a sum hides what is wrong. */
const CHECK_MS = 30000;
/** The worker asks for a new channel up to this long after it was told to. */
const SUBSCRIBED_AFTER_MS = 1500;
/** A pulse is small: if that takes longer the board cannot be relied upon. */
const PULSE_TIMEOUT_MS = 8000;
/** Rows that are asked for in one request. */
const ROWS_AT_ONCE = 500;
/** The first rows, so that a board can be used at once whatever waits behind them. */
const FIRST_ROWS = 200;

/**
 * Keeps the rows true: what the bus tells, the list that is fetched, and the questions
 * whether anything was missed.
 */
export class RowFeed {
    /**
     * @param {object} parts
     * @param {object} parts.bus the bus service
     * @param {ServerLink} parts.link
     * @param {IncidentRows} parts.rows
     * @param {object} parts.state of the board
     * @param {(arrived: object[]) => void} parts.onRows the rows have changed; with those
     *  that were not open before
     */
    constructor({bus, link, rows, state, onRows}) {
        this._bus = bus;
        this._link = link;
        this._rows = rows;
        this._state = state;
        this._onRows = onRows;
        this._loading = null;
        this._loadAgain = false;
        this._nextCheckAt = 0;
        this._differsAt = null;
        this._factsDue = new Set();
        this._listeners = [
            ["BUS:CONNECT", () => this._onConnected()],
            ["BUS:RECONNECT", () => this._onConnected()],
            ["BUS:DISCONNECT", () => this._onDisconnected()],
            ["BUS:RECONNECTING", () => this._onDisconnected()],
            ["BUS:WORKER_STATE_UPDATED", ({detail}) => this._onWorkerState(detail)],
        ];
        this.onIncidents = (payload) => {
            this._link.heard();
            this._merge(payload);
        };
        this.onReceivers = ({receivers}) => {
            this._link.heard();
            this._mergeReceivers(receivers);
        };
    }

    /** Subscribe first and load afterwards, so that nothing falls between. */
    async open() {
        for (const [type, listener] of this._listeners) {
            this._bus.addEventListener(type, listener);
        }
        this._bus.subscribe("alarm_board/incidents", this.onIncidents);
        this._bus.subscribe("alarm_board/receivers", this.onReceivers);
        // The list need not wait for the websocket: what changes in between is found by
        // the check that follows the subscription.
        const subscribed = this._bus.addChannel(CHANNEL);
        const loaded = this.load();
        await subscribed;
        this._onWorkerState(this._bus.workerState);
        await loaded;
        this._nextCheckAt = Date.now() + SUBSCRIBED_AFTER_MS;
        this._link.nextPulseAt = Math.min(this._link.nextPulseAt, this._nextCheckAt);
    }

    close() {
        this._bus.unsubscribe("alarm_board/incidents", this.onIncidents);
        this._bus.unsubscribe("alarm_board/receivers", this.onReceivers);
        for (const [type, listener] of this._listeners) {
            this._bus.removeEventListener(type, listener);
        }
        this._bus.deleteChannel(CHANNEL);
    }

    /**
     * Fetch the list, or once there is one what has changed since. Calls while one is
     * under way make a single further one.
     *
     * @returns {Promise<void>} resolved when a list asked for after this call has come,
     *  or has failed to; failures are on the screen, not thrown
     */
    async load() {
        if (this._loading) {
            this._loadAgain = true;
            await this._loading;
            return;
        }
        this._loading = this._loadUntilFresh();
        try {
            await this._loading;
        } finally {
            this._loading = null;
        }
    }

    /**
     * Learn what has become of some incidents, without waiting for the bus.
     *
     * @param {number[]} ids
     */
    async refresh(ids) {
        try {
            const packed = await this._link.ask("board_row", [ids]);
            this._onRows(this._rows.merge(unpackRows(packed)));
        } catch (error) {
            this._link.failed(error);
        }
    }

    /**
     * Call it each second.
     *
     * @param {number} nowMs
     * @param {boolean} slept this computer has, or its clock was set
     */
    tick(nowMs, slept) {
        if (slept) {
            this._link.doubt();
        }
        if (slept || nowMs >= this._nextCheckAt) {
            this._nextCheckAt = Infinity;
            this._link.nextPulseAt = Infinity;
            this.load();
        } else if (nowMs >= this._link.nextPulseAt) {
            // Not again before this one has come or failed.
            this._link.nextPulseAt = Infinity;
            this._pulse();
        }
        if (this._factsDue.size) {
            const ids = [...this._factsDue];
            this._factsDue.clear();
            this.refresh(ids);
        }
    }

    // The list

    async _loadUntilFresh() {
        do {
            this._loadAgain = false;
            try {
                await (this._state.loaded ? this._check() : this._loadAll());
                this._succeeded();
            } catch (error) {
                this._link.failed(error);
            }
        } while (this._loadAgain);
        this._nextCheckAt = Date.now() + CHECK_MS;
    }

    async _loadAll() {
        const mark = this._rows.mark();
        const board = await this._link.ask("board_rows", [FIRST_ROWS]);
        this._learn(board);
        this._state.targets = markRaw(new Targets(board.thresholds));
        this._state.places = board.places;
        this._state.company = board.company;
        const rows = unpackRows(board);
        this._state.toCome = board.digest[0] - rows.length;
        if (this._state.toCome > 0) {
            // The first of the queue alone: what is missing among them has not left.
            this._rows.merge(rows);
        } else {
            this._rows.replace(rows, mark);
        }
        this._loadAgain = this._loadAgain || this._state.toCome > 0;
        this._onRows([]);
        this._state.loaded = true;
    }

    /** Compare row by row, and fetch only what differs. */
    async _check() {
        const mark = this._rows.mark();
        const versions = await this._link.ask("board_versions");
        const before = this._rows.open.size;
        this._rows.keep(new Set(versions.map(([id]) => id)), mark);
        const gone = before - this._rows.open.size;
        const outdated = this._rows.outdated(versions);
        const filling = this._state.toCome > 0;
        const arrived = [];
        for (let start = 0; start < outdated.length; start += ROWS_AT_ONCE) {
            const packed = await this._link.ask("board_row", [
                outdated.slice(start, start + ROWS_AT_ONCE),
            ]);
            const merged = this._rows.merge(unpackRows(packed));
            if (filling) {
                this._state.toCome = Math.max(
                    0,
                    outdated.length - start - ROWS_AT_ONCE
                );
                this._onRows([]);
            } else {
                arrived.push(...merged);
            }
        }
        this._state.toCome = 0;
        if (this._state.gap && this._state.gap.toMs === null) {
            this._state.gap.missed += gone + outdated.length;
        }
        this._onRows(arrived);
    }

    _succeeded() {
        this._link.succeeded(this._differsAt !== null);
    }

    _learn({now, receivers, lists}) {
        this._state.clockOffset = Date.parse(now) - Date.now();
        this._state.receivers = receivers;
        this._state.lists = lists;
    }

    // The pulse

    /** Hear that the server is there, and whether this board has missed anything. */
    async _pulse() {
        const mark = this._rows.mark();
        try {
            const pulse = await this._link.ask("board_pulse", [], PULSE_TIMEOUT_MS);
            this._learn(pulse);
            const unconnected = this._state.socket === "lost";
            const missed = this._hasMissed(pulse.digest, mark, unconnected);
            if (missed) {
                this._link.doubt();
            }
            if (missed || (this._state.gap?.toMs === null && !unconnected)) {
                await this.load();
            } else {
                this._succeeded();
            }
            if (unconnected) {
                // The server is back: notifications need not wait for the next try.
                this._bus.start();
            }
        } catch (error) {
            this._link.failed(error);
        }
    }

    /**
     * A sum that differs once may be a notification on its way; one that differs twice
     * while nothing was heard of any row is a notification that was lost.
     */
    _hasMissed(digest, mark, unconnected) {
        const own = this._rows.digest();
        if (mark !== this._rows.mark() || digest.every((sum, i) => sum === own[i])) {
            this._differsAt = null;
            return false;
        }
        const again = unconnected || this._differsAt === mark;
        this._differsAt = again ? null : mark;
        return again;
    }

    // The bus

    _onConnected() {
        const first = this._state.socket === "connecting";
        this._state.socket = "connected";
        if (!first) {
            this.load();
        }
    }

    _onDisconnected() {
        this._state.socket = "lost";
        this._link.doubt();
        this._link.nextPulseAt = 0;
    }

    _onWorkerState(workerState) {
        if (workerState === "CONNECTED") {
            this._state.socket = "connected";
        } else if (workerState === "DISCONNECTED") {
            this._onDisconnected();
        }
    }

    _merge(packed) {
        const rows = lookedAt(unpackRows(packed));
        for (const row of rows) {
            const known = this._rows.open.get(row.id);
            if (known && known.facts_digest !== row.facts_digest) {
                // Two transactions that changed facts side by side know nothing of each
                // other: the one that is asked afterwards knows of both.
                this._factsDue.add(row.id);
            }
        }
        this._onRows(this._rows.merge(rows));
    }

    _mergeReceivers(receivers) {
        const known = new Map(this._state.receivers.map((one) => [one.id, one]));
        for (const receiver of lookedAt(receivers)) {
            known.set(receiver.id, receiver);
        }
        this._state.receivers = [...known.values()];
    }
}

/**
 * The channels are those of all companies of the user, whichever he looks at.
 *
 * @param {Array<{company_id: number|false}>} items
 * @returns {object[]} those of the companies that he looks at, and of none
 */
function lookedAt(items) {
    const companies = new Set(user.activeCompanies.map((company) => company.id));
    return items.filter(({company_id}) => !company_id || companies.has(company_id));
}
