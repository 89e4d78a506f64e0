import {reactive} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";
import {rowsInHand} from "../model/in_hand";

/** The server hears that a board is there from being asked; see tools/desk.py there. */
const BEAT_MS = 30000;

/**
 * The dispatcher's shift: whether it has begun, who else is at the desk, which notes of
 * former shifts wait to be read.
 */
export class AlarmDesk {
    constructor({alarm_board, bus_service}) {
        this.store = alarm_board;
        this.bus = bus_service;
        this.state = reactive({
            /** The server has answered at least once. */
            loaded: false,
            /** {started_at} of the shift, or null. */
            shift: null,
            notes: [],
            colleagues: [],
            mayInject: false,
        });
        /** The dispatcher has said that he leaves; nothing asks him again. */
        this.leaving = false;
        this._openBoards = 0;
        this._onDesk = () => this.load();
        this.store.events?.addEventListener("SHIFT-STARTED", () => this.start());
    }

    /** A board is on the screen. */
    open() {
        this._openBoards += 1;
        if (!this._timer) {
            this._timer = browser.setInterval(() => this.load(), BEAT_MS);
            this.bus.subscribe("alarm_board/desk", this._onDesk);
        }
        return this.load();
    }

    /** The board has left the screen; while the shift goes on the server still hears of it. */
    leave() {
        this._openBoards -= 1;
        this._rest();
    }

    _rest() {
        if (this._timer && !this._openBoards && !this.store.state.shiftStarted) {
            browser.clearInterval(this._timer);
            this._timer = null;
            this.bus.unsubscribe("alarm_board/desk", this._onDesk);
        }
    }

    async load() {
        this._rest();
        try {
            this._learn(await this._call("board_desk"));
        } catch {
            // The board itself says that the server does not answer, and why.
        }
    }

    _learn({shift, notes, colleagues, may_inject}) {
        Object.assign(this.state, {
            loaded: true,
            shift,
            notes,
            colleagues,
            mayInject: may_inject,
        });
    }

    _call(method, args = []) {
        return this.store.call(method, args, {model: "alarm.shift"});
    }

    /** @returns {object[]} rows of the incidents that the dispatcher holds */
    inHand() {
        return rowsInHand(this.store.rows.open.values(), user.userId);
    }

    /** The dispatcher has begun to listen: he is at the desk. */
    async start() {
        try {
            await this._call("action_start");
        } catch {
            // Shown as "not on shift" with the way to try again.
        }
        await this.load();
    }

    /** @param {number[]} ids of shifts whose note the dispatcher has read */
    async readNotes(ids) {
        await this._call("action_read", [ids]);
        await this.load();
    }

    /** @returns {Promise<object>} see `board_handover` */
    handover() {
        return this._call("board_handover");
    }

    /**
     * @param {string} note
     * @param {string[]} confirmed see `action_end`
     * @throws {RPCError} the server refused
     */
    async end(note, confirmed) {
        await this._call("action_end", [note, confirmed]);
        this.store.state.shiftStarted = false;
        this.store.sounds.stop();
        await this.load();
    }

    handOver(id, userId) {
        return this.store.run("action_hand_over", id, [userId]);
    }

    release(id) {
        return this.store.run("action_release", id);
    }
}

export const alarmDeskService = {
    dependencies: ["alarm_board", "bus_service"],
    start(env, services) {
        return new AlarmDesk(services);
    },
};

registry.category("services").add("alarm_desk", alarmDeskService);
