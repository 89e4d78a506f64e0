import {EventBus, markRaw, reactive} from "@odoo/owl";
import {ConnectionLostError} from "@web/core/network/rpc";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";
import {Targets} from "../model/age";
import {IncidentRows} from "../model/incident_rows";
import {eventWords} from "../model/words";
import {PaintedRows} from "../store/painted_rows";
import {isSoundWanted, QueueAttention} from "../store/queue_attention";
import {RowFeed} from "../store/row_feed";
import {ScreenPace} from "../store/screen_pace";
import {ServerLink} from "../store/server_link";

/** The clock ticks each second; a longer pause means that the computer slept, or that
 *  somebody set its clock. */
const SLEPT_MS = 5000;

/**
 * What the board knows: the open incidents, who is connected, the time. It stays awake
 * from the moment the shift starts, also while the dispatcher looks at another screen of
 * this tab, so that the title and the sound still tell of what waits.
 */
export class AlarmBoardStore {
    constructor(services) {
        const {bus_service, orm, alarm_sound, alarm_desktop, alarm_ticker} = services;
        this.orm = orm.silent;
        this.ticker = alarm_ticker;
        this.sounds = alarm_sound;
        /**
         * "SHIFT-STARTED" once the dispatcher has begun to listen, on his gesture;
         * "CAUGHT-UP" when the board is right again after it may have been wrong.
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
            soundOn: isSoundWanted(),
            soundRefused: false,
            desktop: alarm_desktop.permission,
            /** The last alarm that arrived, in words, for screen readers. */
            announcement: "",
        });
        this.me = {id: user.userId, name: user.name};
        this.lang = user.context.lang;
        this._watching = false;
        const {orm: silent, state, rows, events} = this;
        this._link = markRaw(
            new ServerLink({
                orm: silent,
                state,
                events,
                onForbidden: () => this._forget(),
            })
        );
        this.feed = markRaw(
            new RowFeed({
                bus: bus_service,
                link: this._link,
                rows,
                state,
                onRows: (arrived) => this._rowsChanged(arrived),
            })
        );
        this._painted = markRaw(new PaintedRows(silent, this._link));
        this._pace = markRaw(new ScreenPace(() => (this.state.revision += 1)));
        this._attention = markRaw(
            new QueueAttention({
                services,
                state,
                rows,
                words: (row) => this.words(row),
            })
        );
    }

    /** Begin to watch, or be sure that what is watched is right. */
    async open() {
        if (this._watching) {
            await this.load();
            return;
        }
        this._watching = true;
        this._stopTicking = this.ticker.start(() => this._tick());
        await this.feed.open();
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
        this.feed.close();
        this._attention.stop();
        this.state.gap = null;
    }

    // What is shown

    row(id) {
        return this.rows.open.get(id) || null;
    }

    words(row) {
        return eventWords(row.event, this.lang);
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
        await this._attention.start();
    }

    toggleSound() {
        return this._attention.toggleSound();
    }

    /**
     * Ask the server, or tell it, something that changes no row of the queue. One request
     * for all parts of the board: none blocks the screen, and one that gets no answer in
     * time has failed and is seen as such.
     *
     * @param {string} method
     * @param {Array} [args] positional ones, the ids first where the method has records
     * @param {{model?: string, timeoutMs?: number}} [options]
     * @returns {Promise<any>} what the method returns
     * @throws {RPCError} the server refused
     * @throws {ConnectionLostError} it could not be reached, or did not answer in time
     */
    async call(method, args = [], {model = "alarm.incident", timeoutMs} = {}) {
        try {
            return await this._link.withinTime(
                this.orm.call(model, method, args),
                timeoutMs
            );
        } catch (error) {
            if (error instanceof ConnectionLostError) {
                this._link.failed(error);
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
            return await this._link.withinTime(
                this.orm.call("alarm.incident", method, [[id], ...parameters])
            );
        } finally {
            await this.refresh([id]);
            delete this.state.pending[id];
            this._rowsChanged([]);
        }
    }

    /** Learn of incidents, also such that the queue does not hold: the panel shows them. */
    refresh(ids) {
        return this.feed.refresh(ids);
    }

    /** Be right, see `RowFeed.load`. */
    load() {
        return this.feed.load();
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
        this._painted.add(rows);
    }

    // What changes

    _rowsChanged(arrived) {
        this._pace.changed(this.rows.open.size);
        // An answer that comes after the board was left draws no attention: nobody keeps
        // it true any more.
        if (this._watching) {
            this._attention.look(arrived);
        }
    }

    /** Whoever is no dispatcher any more goes on seeing nothing. */
    _forget() {
        this.rows.clear();
        this._rowsChanged([]);
    }

    _tick() {
        const nowMs = Date.now();
        // A clock that was set back would have everything wait until it is as late again.
        const slept = Math.abs(nowMs - this.state.nowMs) > SLEPT_MS;
        this.state.nowMs = nowMs;
        this.feed.tick(nowMs, slept);
        this._painted.report();
        this._attention.sound();
    }
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
