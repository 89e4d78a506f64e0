import {EventBus, markRaw, reactive} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {ConnectionLostError, RPCError} from "@web/core/network/rpc";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";
import {Deferred} from "@web/core/utils/concurrency";
import {Attention} from "../attention/attention";
import {serverNowMs, Targets} from "../model/age";
import {IncidentRows, unpackRows} from "../model/incident_rows";
import {receiverLink, serverLink} from "../model/link";
import {withPending} from "../model/pending";
import {isWaiting, nextWaiting} from "../model/queue_order";
import {eventWords} from "../model/words";

const CHANNEL = "alarm_board";
/** The server is asked this often whether this board still shows the truth… */
const PULSE_MS = 4000;
/** …this soon again when it does not seem so, when there was no answer, or while
 *  notifications cannot arrive… */
const PULSE_AGAIN_MS = 1000;
/** …and this often row by row, in case a sum hides what is wrong. */
const CHECK_MS = 30000;
/** The worker asks for a new channel up to this long after it was told to. */
const SUBSCRIBED_AFTER_MS = 1500;
/** A request that takes longer has failed. */
const REQUEST_TIMEOUT_MS = 10000;
/** A pulse is small: if that takes longer the board cannot be relied upon. */
const PULSE_TIMEOUT_MS = 8000;
/** The clock ticks each second; a longer pause means that the computer slept, or that
 *  somebody set its clock. */
const SLEPT_MS = 5000;
/** Rows that are asked for in one request. */
const ROWS_AT_ONCE = 500;
/** The first rows, so that a board can be used at once whatever waits behind them. */
const FIRST_ROWS = 200;
/** With so many open incidents the screen follows no more often than this. */
const MANY = 300;
const MANY_PAUSE_MS = 100;
/** How many incidents are remembered as reported to have been shown. */
const REPORTED_REMEMBERED = 10000;
const SOUND_SETTING = "alarm_board.sound";

/**
 * What the board knows: the open incidents, who is connected, the time. It stays awake
 * from the moment the shift starts, also while the dispatcher looks at another screen of
 * this tab, so that the title and the sound still tell of what waits.
 */
export class AlarmBoardStore {
    constructor({bus_service, orm, title, alarm_sound, alarm_desktop, alarm_ticker}) {
        this.bus = bus_service;
        this.orm = orm.silent;
        this.ticker = alarm_ticker;
        this.sounds = alarm_sound;
        this.desktop = alarm_desktop;
        this.attention = markRaw(new Attention({title, alarm_sound, alarm_desktop}));
        /**
         * "SHIFT-STARTED" once the dispatcher has begun to listen, on his gesture;
         * "FAILED" {detail: error} when a request of the board failed.
         */
        this.events = markRaw(new EventBus());
        this.rows = markRaw(new IncidentRows());
        this.state = reactive({
            /** Grows with every change of the rows, which are not observed one by one. */
            revision: 0,
            loaded: false,
            nowMs: Date.now(),
            /** Milliseconds by which the server's clock is ahead of this computer's. */
            clockOffset: 0,
            socket: "connecting",
            failure: null,
            heardAt: null,
            /** Since when the board may have been wrong and, once it is right again, until
             *  when and how many rows were: {fromMs, toMs, missed}. */
            gap: null,
            receivers: [],
            targets: markRaw(new Targets()),
            /** Names of territories, categories, receiver groups: [[id, name], ...] each. */
            places: {territories: [], categories: [], groups: []},
            /** Rows of the server's list that have not come yet. */
            toCome: 0,
            /** How many there are on the lists beside the queue. */
            lists: {on_test: 0, unrestored: 0},
            company: "",
            /** Incidents that nobody has taken, and the most urgent of them. */
            waiting: 0,
            firstWaiting: null,
            /** Verbs on their way: incident id to method. */
            pending: {},
            shiftStarted: false,
            soundOn: browser.localStorage.getItem(SOUND_SETTING) !== "off",
            soundRefused: false,
            desktop: alarm_desktop.permission,
            /** The last alarm that arrived, in words, for screen readers. */
            announcement: "",
        });
        this.me = {id: user.userId, name: user.name};
        this.lang = user.context.lang;
        this._watching = false;
        this._painted = new Set();
        this._reported = new Set();
        this._loading = null;
        this._loadAgain = false;
        this._nextPulseAt = 0;
        this._nextCheckAt = 0;
        this._differsAt = null;
        this._factsDue = new Set();
        this._shownAt = 0;
        this._showing = null;
        this._listeners = [
            ["BUS:CONNECT", () => this._onConnected()],
            ["BUS:RECONNECT", () => this._onConnected()],
            ["BUS:DISCONNECT", () => this._onDisconnected()],
            ["BUS:RECONNECTING", () => this._onDisconnected()],
            ["BUS:WORKER_STATE_UPDATED", ({detail}) => this._onWorkerState(detail)],
        ];
        this._onIncidents = (payload) => this._heard(() => this._merge(payload));
        this._onReceivers = (payload) =>
            this._heard(() => this._mergeReceivers(payload.receivers));
    }

    /** Begin to watch: subscribe first and load afterwards, so that nothing falls between. */
    async open() {
        if (this._watching) {
            await this.load();
            return;
        }
        this._watching = true;
        for (const [type, listener] of this._listeners) {
            this.bus.addEventListener(type, listener);
        }
        this.bus.subscribe("alarm_board/incidents", this._onIncidents);
        this.bus.subscribe("alarm_board/receivers", this._onReceivers);
        this._stopTicking = this.ticker.start(() => this._tick());
        // The list need not wait for the websocket: what changes in between is found by
        // the check that follows the subscription.
        const subscribed = this.bus.addChannel(CHANNEL);
        const loaded = this.load();
        await subscribed;
        this._onWorkerState(this.bus.workerState);
        await loaded;
        this._nextCheckAt = Date.now() + SUBSCRIBED_AFTER_MS;
        this._nextPulseAt = Math.min(this._nextPulseAt, this._nextCheckAt);
    }

    /** The board is no longer on the screen; the watch goes on while a shift does. */
    leave() {
        if (!this.state.shiftStarted) {
            this.close();
        }
    }

    close() {
        if (!this._watching) {
            return;
        }
        this._watching = false;
        this.state.shiftStarted = false;
        this._stopTicking();
        this.bus.unsubscribe("alarm_board/incidents", this._onIncidents);
        this.bus.unsubscribe("alarm_board/receivers", this._onReceivers);
        for (const [type, listener] of this._listeners) {
            this.bus.removeEventListener(type, listener);
        }
        this.bus.deleteChannel(CHANNEL);
        this.attention.stop();
        Object.assign(this.state, {waiting: 0, firstWaiting: null, gap: null});
    }

    // What is shown

    row(id) {
        return this.rows.open.get(id) || null;
    }

    words(row) {
        return eventWords(row.event, this.lang);
    }

    /** @returns {object} the row as it is shown, see `withPending` */
    shown(row) {
        return withPending(row, this.state.pending[row.id], this.me);
    }

    /** @returns {number|undefined} id of the receiver group by which a row came */
    groupOf(row) {
        return this.state.receivers.find(({name}) => name === row.receiver)?.group_id;
    }

    // What the dispatcher does

    /** Call it from a user's gesture. */
    async startShift() {
        this.state.shiftStarted = true;
        this.events.trigger("SHIFT-STARTED");
        this.sounds.load();
        const asked = this.desktop.ask();
        if (this.state.soundOn) {
            this.state.soundRefused = !(await this.sounds.play("technical"));
        }
        this.state.desktop = await asked;
    }

    async toggleSound() {
        this.state.soundOn = !this.state.soundOn;
        browser.localStorage.setItem(SOUND_SETTING, this.state.soundOn ? "on" : "off");
        if (!this.state.soundOn) {
            this.sounds.stop();
        } else if (this.state.shiftStarted) {
            this.state.soundRefused = !(await this.sounds.play("technical"));
        }
    }

    /**
     * Ask the server, or tell it, something that changes no row of the queue. One request
     * for all parts of the board: none blocks the screen, and one that gets no answer in
     * time has failed and is seen as such.
     *
     * @param {string} method
     * @param {Array} [args] positional ones, the ids first where the method has records
     * @param {{model?: string, kwargs?: object}} [options]
     * @returns {Promise<any>} what the method returns
     * @throws {RPCError} the server refused
     * @throws {ConnectionLostError} it could not be reached, or did not answer in time
     */
    async call(method, args = [], {model = "alarm.incident", kwargs = {}} = {}) {
        try {
            return await this._withinTime(this.orm.call(model, method, args, kwargs));
        } catch (error) {
            this.events.trigger("FAILED", error);
            if (error instanceof ConnectionLostError) {
                this._failed(error);
            }
            throw error;
        }
    }

    /**
     * Run a verb of alarm.incident, then learn what has become of the incident. The row
     * shows meanwhile what is to become of it.
     *
     * @param {string} method "action_take"
     * @param {number} id
     * @param {Array} [parameters]
     * @returns {Promise<any>} what the verb returned
     * @throws {RPCError} the server refused; the board shows the truth again by then
     * @throws {ConnectionLostError} it could not be reached, or did not answer in time:
     *  nobody knows whether it was done
     */
    async run(method, id, parameters = []) {
        this.state.pending[id] = method;
        this._rowsChanged([]);
        try {
            // What waits must not be shown as taken, and be silent, for as long as a
            // connection that is dead takes to be found out.
            return await this._withinTime(
                this.orm.call("alarm.incident", method, [[id], ...parameters])
            );
        } catch (error) {
            this.events.trigger("FAILED", error);
            throw error;
        } finally {
            await this._refresh([id]);
            delete this.state.pending[id];
            this._rowsChanged([]);
        }
    }

    /** Learn of incidents that the queue does not hold, so that the panel can show them. */
    refresh(ids) {
        return this._refresh(ids);
    }

    /** Learn what has become of some incidents, without waiting for the bus. */
    async _refresh(ids) {
        try {
            const packed = await this._withinTime(
                this.orm.call("alarm.incident", "board_row", [ids])
            );
            this._heard(() => this._rowsChanged(this.rows.merge(unpackRows(packed))));
        } catch (error) {
            this._failed(error);
        }
    }

    /**
     * @param {number} id
     * @returns {Promise<object>} everything the panel shows
     */
    detail(id) {
        return this.call("board_detail", [[id]]);
    }

    /** Remember that these rows were painted; the server is told with the next tick. */
    painted(rows) {
        for (const row of rows) {
            if (!row.shown && !this._reported.has(row.id)) {
                this._painted.add(row.id);
            }
        }
    }

    // What the server says

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

    async _loadUntilFresh() {
        do {
            this._loadAgain = false;
            try {
                await (this.state.loaded ? this._check() : this._loadAll());
                this._succeeded();
            } catch (error) {
                this._failed(error);
            }
        } while (this._loadAgain);
        this._nextCheckAt = Date.now() + CHECK_MS;
    }

    async _loadAll() {
        const mark = this.rows.mark();
        const board = await this._ask("board_rows", [FIRST_ROWS]);
        this._learn(board);
        this.state.targets = markRaw(new Targets(board.thresholds));
        this.state.places = board.places;
        this.state.company = board.company;
        const rows = unpackRows(board);
        this.state.toCome = board.digest[0] - rows.length;
        if (this.state.toCome > 0) {
            // The first of the queue alone: what is missing among them has not left.
            this.rows.merge(rows);
        } else {
            this.rows.replace(rows, mark);
        }
        this._loadAgain = this._loadAgain || this.state.toCome > 0;
        this._rowsChanged([]);
        this.state.loaded = true;
    }

    /** Compare row by row, and fetch only what differs. */
    async _check() {
        const mark = this.rows.mark();
        const versions = await this._ask("board_versions");
        const before = this.rows.open.size;
        this.rows.keep(new Set(versions.map(([id]) => id)), mark);
        const gone = before - this.rows.open.size;
        const outdated = this.rows.outdated(versions);
        const filling = this.state.toCome > 0;
        const arrived = [];
        for (let start = 0; start < outdated.length; start += ROWS_AT_ONCE) {
            const packed = await this._ask("board_row", [
                outdated.slice(start, start + ROWS_AT_ONCE),
            ]);
            const merged = this.rows.merge(unpackRows(packed));
            if (filling) {
                this.state.toCome = Math.max(0, outdated.length - start - ROWS_AT_ONCE);
                this._rowsChanged([]);
            } else {
                arrived.push(...merged);
            }
        }
        this.state.toCome = 0;
        if (this.state.gap && this.state.gap.toMs === null) {
            this.state.gap.missed += gone + outdated.length;
        }
        this._rowsChanged(arrived);
    }

    /** Hear that the server is there, and whether this board has missed anything. */
    async _pulse() {
        const mark = this.rows.mark();
        try {
            const pulse = await this._ask("board_pulse", [], PULSE_TIMEOUT_MS);
            this._learn(pulse);
            const unconnected = this.state.socket === "lost";
            const missed = this._hasMissed(pulse.digest, mark, unconnected);
            if (missed) {
                this._doubt();
            }
            if (missed || (this.state.gap?.toMs === null && !unconnected)) {
                await this.load();
            } else {
                this._succeeded();
            }
            if (unconnected) {
                // The server is back: notifications need not wait for the next try.
                this.bus.start();
            }
        } catch (error) {
            this._failed(error);
        }
    }

    /**
     * A sum that differs once may be a notification on its way; one that differs twice
     * while nothing was heard of any row is a notification that was lost.
     */
    _hasMissed(digest, mark, unconnected) {
        const own = this.rows.digest();
        if (mark !== this.rows.mark() || digest.every((sum, i) => sum === own[i])) {
            this._differsAt = null;
            return false;
        }
        const again = unconnected || this._differsAt === mark;
        this._differsAt = again ? null : mark;
        return again;
    }

    _learn({now, receivers, lists}) {
        this.state.clockOffset = Date.parse(now) - Date.now();
        this.state.receivers = receivers;
        this.state.lists = lists;
    }

    async _ask(method, args = [], timeoutMs = REQUEST_TIMEOUT_MS) {
        const answer = await this._withinTime(
            this.orm.call("alarm.incident", method, args),
            timeoutMs
        );
        this.state.heardAt = Date.now();
        return answer;
    }

    _withinTime(request, timeoutMs = REQUEST_TIMEOUT_MS) {
        const timeout = new Deferred();
        const timer = browser.setTimeout(() => {
            request.abort?.(false);
            timeout.reject(new ConnectionLostError("alarm.incident"));
        }, timeoutMs);
        return Promise.race([request, timeout]).finally(() =>
            browser.clearTimeout(timer)
        );
    }

    _succeeded() {
        this.state.failure = null;
        const {gap, socket} = this.state;
        if (gap && gap.toMs === null && socket !== "lost") {
            gap.toMs = Date.now();
        }
        const soon = this._differsAt !== null || socket === "lost";
        this._nextPulseAt = Date.now() + (soon ? PULSE_AGAIN_MS : PULSE_MS);
    }

    _failed(error) {
        this.state.failure = failureOf(error);
        this.events.trigger("FAILED", error);
        if (isForbidden(error)) {
            // Whoever is no dispatcher any more goes on seeing nothing.
            this.rows.clear();
            this._rowsChanged([]);
        }
        this._doubt();
        this._nextPulseAt = Date.now() + PULSE_AGAIN_MS;
    }

    /** From now on the board may be wrong, until a check says that it is right. */
    _doubt() {
        if (this.state.loaded && (!this.state.gap || this.state.gap.toMs !== null)) {
            const nowMs = Date.now();
            const fromMs = Math.min(this.state.heardAt || nowMs, nowMs);
            this.state.gap = {fromMs, toMs: null, missed: 0};
        }
    }

    _onConnected() {
        const first = this.state.socket === "connecting";
        this.state.socket = "connected";
        if (!first) {
            this.load();
        }
    }

    _onDisconnected() {
        this.state.socket = "lost";
        this._doubt();
        this._nextPulseAt = 0;
    }

    _onWorkerState(workerState) {
        if (workerState === "CONNECTED") {
            this.state.socket = "connected";
        } else if (workerState === "DISCONNECTED") {
            this._onDisconnected();
        }
    }

    _heard(merge) {
        this.state.heardAt = Date.now();
        merge();
    }

    _merge(packed) {
        const companies = new Set(user.activeCompanies.map((company) => company.id));
        const rows = unpackRows(packed).filter(
            (row) => !row.company_id || companies.has(row.company_id)
        );
        for (const row of rows) {
            const known = this.row(row.id);
            if (known && known.facts_digest !== row.facts_digest) {
                // Two transactions that changed facts side by side know nothing of each
                // other: the one that is asked afterwards knows of both.
                this._factsDue.add(row.id);
            }
        }
        this._rowsChanged(this.rows.merge(rows));
    }

    _mergeReceivers(receivers) {
        const known = new Map(this.state.receivers.map((one) => [one.id, one]));
        for (const receiver of receivers) {
            known.set(receiver.id, receiver);
        }
        this.state.receivers = [...known.values()];
    }

    _rowsChanged(arrived) {
        this._show();
        if (!this._watching) {
            // An answer that comes after the board was left: nobody keeps it true any more.
            return;
        }
        let waiting = 0;
        let first = null;
        for (const row of this.rows.queue) {
            if (isWaiting(row) && !this.state.pending[row.id]) {
                waiting += 1;
                first ||= row;
            }
        }
        this.state.waiting = waiting;
        this.state.firstWaiting = first && markRaw(first);
        this.attention.count(waiting);
        const news = this.state.loaded && nextWaiting(arrived);
        if (news) {
            const words = this.words(news);
            this.state.announcement = `${words}, ${news.subscriber || ""}`;
            if (this.state.shiftStarted) {
                const place = [news.subscriber, news.address].filter(Boolean);
                this.attention.announce(
                    `${news.priority} · ${words}`,
                    place.join(" – ")
                );
            }
        }
        this._sound();
    }

    /** Let the screen follow. In a storm it does so ten times a second, not with each alarm. */
    _show() {
        const since = Date.now() - this._shownAt;
        const wait = since < 0 ? 0 : MANY_PAUSE_MS - since;
        if (this.rows.open.size < MANY || wait <= 0) {
            this._shownAt = Date.now();
            this.state.revision += 1;
        } else if (!this._showing) {
            this._showing = browser.setTimeout(() => {
                this._showing = null;
                this._shownAt = Date.now();
                this.state.revision += 1;
            }, wait);
        }
    }

    // What time brings

    _tick() {
        const nowMs = Date.now();
        // A clock that was set back would have everything wait until it is as late again.
        const slept = Math.abs(nowMs - this.state.nowMs) > SLEPT_MS;
        this.state.nowMs = nowMs;
        if (slept) {
            this._doubt();
        }
        if (slept || nowMs >= this._nextCheckAt) {
            this._nextCheckAt = Infinity;
            this._nextPulseAt = Infinity;
            this.load();
        } else if (nowMs >= this._nextPulseAt) {
            // Not again before this one has come or failed.
            this._nextPulseAt = Infinity;
            this._pulse();
        }
        if (this._factsDue.size) {
            const ids = [...this._factsDue];
            this._factsDue.clear();
            this._refresh(ids);
        }
        this._reportPainted();
        this._sound();
    }

    async _reportPainted() {
        if (!this._painted.size) {
            return;
        }
        const ids = [...this._painted];
        this._painted.clear();
        if (this._reported.size > REPORTED_REMEMBERED) {
            // Of what has long left, or is told by its row to have been shown.
            this._reported.clear();
        }
        for (const id of ids) {
            this._reported.add(id);
        }
        try {
            await this.orm.call("alarm.incident", "action_shown", [ids]);
        } catch (error) {
            // Told again with the next painting.
            for (const id of ids) {
                this._reported.delete(id);
            }
            this._failed(error);
        }
    }

    async _sound() {
        if (!this.state.shiftStarted) {
            return;
        }
        const nowMs = serverNowMs(this.state);
        const lost =
            serverLink(this.state) === "lost" ||
            this.state.receivers.some(
                (receiver) => receiverLink(receiver, nowMs).level === "silent"
            );
        const first = this.state.firstWaiting;
        const played = await this.attention.sound({first, lost}, this.state.soundOn);
        if (played !== null) {
            this.state.soundRefused = !played;
        }
    }
}

/**
 * @param {Error} error
 * @returns {string} why the server did not answer, in words for the "not connected" bar;
 *  empty when it could not be reached at all
 * @throws what is neither: a mistake of ours must not look like a broken line
 */
function failureOf(error) {
    if (error instanceof ConnectionLostError) {
        return "";
    }
    if (error instanceof RPCError) {
        return error.data?.message || error.message;
    }
    throw error;
}

function isForbidden(error) {
    return (
        error instanceof RPCError &&
        error.exceptionName === "odoo.exceptions.AccessError"
    );
}

export const alarmBoardService = {
    dependencies: [
        "alarm_desktop",
        "alarm_sound",
        "alarm_ticker",
        "bus_service",
        "orm",
        "title",
    ],
    start(env, services) {
        return new AlarmBoardStore(services);
    },
};

registry.category("services").add("alarm_board", alarmBoardService);
