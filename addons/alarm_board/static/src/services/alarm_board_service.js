import {EventBus, markRaw, reactive} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {ConnectionLostError, RPCError} from "@web/core/network/rpc";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";
import {Deferred} from "@web/core/utils/concurrency";
import {serverNowMs} from "../model/age";
import {alertFor} from "../model/event_class";
import {IncidentRows} from "../model/incident_rows";
import {receiverLink, serverLink} from "../model/link";
import {isWaiting, nextWaiting} from "../model/queue_order";
import {eventWords} from "../model/words";

const CHANNEL = "alarm_board";
const TICK_MS = 1000;
/** The list is fetched anew this often, in case a notification was lost on its way… */
const POLL_MS = 30000;
/** …and this often while notifications cannot arrive. */
const POLL_UNCONNECTED_MS = 5000;
/** The worker asks for a new channel up to this long after it was told to. */
const SUBSCRIBED_AFTER_MS = 1500;
/** A request that takes longer has failed. */
const REQUEST_TIMEOUT_MS = 10000;
/** The clock ticks each second; a longer pause means that the computer slept. */
const SLEPT_MS = 5000;
const CONNECTION_LOST_EVERY_MS = 8000;
const SOUND_SETTING = "alarm_board.sound";

/**
 * What the board knows: the open incidents, who is connected, the time. It stays awake
 * from the moment the shift starts, also while the dispatcher looks at another screen of
 * this tab, so that the title and the sound still tell of what waits.
 */
export class AlarmBoardStore {
    constructor({bus_service, orm, title, alarm_sound}) {
        this.bus = bus_service;
        this.orm = orm.silent;
        this.title = title;
        this.sounds = alarm_sound;
        /** "SHIFT-STARTED" once the dispatcher has begun to listen, on his gesture. */
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
            receivers: [],
            thresholds: {},
            company: "",
            shiftStarted: false,
            soundOn: browser.localStorage.getItem(SOUND_SETTING) !== "off",
            soundRefused: false,
            /** The last alarm that arrived, in words, for screen readers. */
            announcement: "",
        });
        this.lang = user.context.lang;
        this._watching = false;
        this._painted = new Set();
        this._reported = new Set();
        this._loading = null;
        this._loadAgain = false;
        this._nextPollAt = 0;
        this._soundedAt = {};
        this._listeners = [
            ["BUS:CONNECT", () => this._onConnected()],
            ["BUS:RECONNECT", () => this._onConnected()],
            ["BUS:DISCONNECT", () => this._onDisconnected()],
            ["BUS:RECONNECTING", () => this._onDisconnected()],
            ["BUS:WORKER_STATE_UPDATED", ({detail}) => this._onWorkerState(detail)],
        ];
        this._onIncidents = (payload) => this._heard(() => this._merge(payload.rows));
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
        this._timer = browser.setInterval(() => this._tick(), TICK_MS);
        await this.bus.addChannel(CHANNEL);
        this._onWorkerState(this.bus.workerState);
        await this.load();
        this._nextPollAt = Date.now() + SUBSCRIBED_AFTER_MS;
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
        browser.clearInterval(this._timer);
        this.bus.unsubscribe("alarm_board/incidents", this._onIncidents);
        this.bus.unsubscribe("alarm_board/receivers", this._onReceivers);
        for (const [type, listener] of this._listeners) {
            this.bus.removeEventListener(type, listener);
        }
        this.bus.deleteChannel(CHANNEL);
        this.sounds.stop();
        this.title.setCounters({alarm_board: 0});
    }

    // What is shown

    row(id) {
        return this.rows.open.get(id) || null;
    }

    words(row) {
        return eventWords(row.event, this.lang);
    }

    // What the dispatcher does

    /** Call it from a user's gesture. */
    async startShift() {
        this.state.shiftStarted = true;
        this.events.trigger("SHIFT-STARTED");
        this.sounds.load();
        if (this.state.soundOn) {
            this.state.soundRefused = !(await this.sounds.play("technical"));
        }
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
            if (error instanceof ConnectionLostError) {
                this.state.failure = failureOf(error);
                this._nextPollAt = 0;
            }
            throw error;
        }
    }

    /**
     * Run a verb of alarm.incident, then learn what has become of the incident.
     *
     * @param {string} method "action_take"
     * @param {number} id
     * @param {Array} [parameters]
     * @throws {RPCError} the server refused; the board shows the truth again by then
     */
    async run(method, id, parameters = []) {
        try {
            await this.orm.call("alarm.incident", method, [[id], ...parameters]);
        } finally {
            await this._refresh(id);
        }
    }

    /** Learn what has become of one incident, without waiting for the bus. */
    async _refresh(id) {
        try {
            const rows = await this._withinTime(
                this.orm.call("alarm.incident", "board_row", [[id]])
            );
            this._heard(() => this._rowsChanged(this.rows.merge(rows)));
        } catch (error) {
            this.state.failure = failureOf(error);
            this._nextPollAt = 0;
        }
    }

    /**
     * @param {number} id
     * @returns {Promise<object>} everything the panel shows
     */
    detail(id) {
        return this.orm.call("alarm.incident", "board_detail", [[id]]);
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
     * Fetch the list. Calls while one is under way make a single further one.
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
            await this._loadOnce();
        } while (this._loadAgain);
    }

    async _loadOnce() {
        const mark = this.rows.mark();
        try {
            const board = await this._withinTime(
                this.orm.call("alarm.incident", "board_rows", [])
            );
            this.state.clockOffset = Date.parse(board.now) - Date.now();
            this.state.receivers = board.receivers;
            this.state.thresholds = board.thresholds;
            this.state.company = board.company;
            const arrived = this.rows.replace(board.rows, mark);
            this._rowsChanged(this.state.loaded ? arrived : []);
            this.state.loaded = true;
            this.state.failure = null;
            this.state.heardAt = Date.now();
        } catch (error) {
            this.state.failure = failureOf(error);
        }
        this._schedulePoll();
    }

    _withinTime(request) {
        const timeout = new Deferred();
        const timer = browser.setTimeout(() => {
            request.abort?.(false);
            timeout.reject(new ConnectionLostError("alarm.incident"));
        }, REQUEST_TIMEOUT_MS);
        return Promise.race([request, timeout]).finally(() =>
            browser.clearTimeout(timer)
        );
    }

    _schedulePoll() {
        const connected = this.state.socket === "connected" && !this.state.failure;
        this._nextPollAt = Date.now() + (connected ? POLL_MS : POLL_UNCONNECTED_MS);
    }

    _onConnected() {
        this.state.socket = "connected";
        this.load();
    }

    _onDisconnected() {
        this.state.socket = "lost";
        this._nextPollAt = 0;
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

    _merge(rows) {
        const companies = new Set(user.activeCompanies.map((company) => company.id));
        this._rowsChanged(
            this.rows.merge(
                rows.filter((row) => !row.company_id || companies.has(row.company_id))
            )
        );
    }

    _mergeReceivers(receivers) {
        const known = new Map(this.state.receivers.map((one) => [one.id, one]));
        for (const receiver of receivers) {
            known.set(receiver.id, receiver);
        }
        this.state.receivers = [...known.values()];
    }

    _rowsChanged(arrived) {
        this.state.revision += 1;
        const waiting = [...this.rows.open.values()].filter(isWaiting);
        this.title.setCounters({alarm_board: waiting.length});
        const first = nextWaiting(arrived);
        if (first) {
            this.state.announcement = `${this.words(first)}, ${first.subscriber || ""}`;
        }
        this._sound();
    }

    // What time brings

    _tick() {
        const nowMs = Date.now();
        const slept = nowMs - this.state.nowMs > SLEPT_MS;
        this.state.nowMs = nowMs;
        if (slept || nowMs >= this._nextPollAt) {
            // Not again before this one has come or failed.
            this._nextPollAt = Infinity;
            this.load();
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
        for (const id of ids) {
            this._reported.add(id);
        }
        try {
            await this.orm.call("alarm.incident", "action_shown", [ids]);
        } catch (error) {
            // Told again with the next painting; the failure itself is shown by `load`.
            for (const id of ids) {
                this._reported.delete(id);
            }
            this.state.failure = failureOf(error);
            this._nextPollAt = 0;
        }
    }

    _sound() {
        if (!this.state.shiftStarted || !this.state.soundOn) {
            return;
        }
        const alert = alertFor(nextWaiting(this.rows.open.values()));
        if (alert) {
            this._soundEvery(alert.sound, alert.everyMs);
        }
        const nowMs = serverNowMs(this.state);
        const silent = this.state.receivers.some(
            (receiver) => receiverLink(receiver, nowMs).level === "silent"
        );
        if (serverLink(this.state) === "lost" || silent) {
            this._soundEvery("connection_lost", CONNECTION_LOST_EVERY_MS);
        }
    }

    async _soundEvery(name, everyMs) {
        const nowMs = Date.now();
        if (nowMs - (this._soundedAt[name] || 0) >= everyMs) {
            this._soundedAt[name] = nowMs;
            this.state.soundRefused = !(await this.sounds.play(name));
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

export const alarmBoardService = {
    dependencies: ["bus_service", "orm", "title", "alarm_sound"],
    start(env, services) {
        return new AlarmBoardStore(services);
    },
};

registry.category("services").add("alarm_board", alarmBoardService);
