import {reactive} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {portions} from "./storm_groups";

const POLL_MS = 60000;
/** The server says anew every ten seconds that a storm is likely; it is no longer when it
 *  has not said so for a while. */
const LIKELY_MS = 60000;
/** Closing a portion may wait for signals that are just being decided. */
const CLOSING_TIMEOUT_MS = 60000;

/**
 * Storms of the companies in sight. The board's service keeps the channel open; this one
 * listens while somebody shows it.
 */
export class AlarmStormStore {
    constructor({alarm_board, bus_service}) {
        this.store = alarm_board;
        this.bus = bus_service;
        this.state = reactive({companies: []});
        this._watchers = 0;
        this._onStorms = ({storms}) => this.merge(storms);
        this._onCaughtUp = () => this.load();
    }

    watch() {
        this._watchers += 1;
        if (this._watchers === 1) {
            this.bus.subscribe("alarm_board/storm", this._onStorms);
            this.store.events.addEventListener("CAUGHT-UP", this._onCaughtUp);
            this._timer = browser.setInterval(() => this.load(), POLL_MS);
            this.load();
        }
    }

    unwatch() {
        this._watchers -= 1;
        if (!this._watchers) {
            this.bus.unsubscribe("alarm_board/storm", this._onStorms);
            this.store.events.removeEventListener("CAUGHT-UP", this._onCaughtUp);
            browser.clearInterval(this._timer);
        }
    }

    /** Ask; what fails is asked again, and the board shows by itself that it is not connected. */
    async load() {
        try {
            this.replace(await this._call("board_storms"));
        } catch {
            // The board's own bar says so.
        }
    }

    _call(method, args = []) {
        return this.store.call(method, args, {model: "alarm.storm"});
    }

    replace(lines) {
        this.state.companies = lines.map((line) => withTime(line));
    }

    merge(lines) {
        const known = new Map(this.state.companies.map((one) => [one.company_id, one]));
        for (const line of lines) {
            const before = known.get(line.company_id);
            // What is not on the list is of a company that nobody looks at; and messages
            // of the last minute come to a board that is just opened after its list.
            if (before && before.told <= line.told) {
                known.set(line.company_id, withTime(line));
            }
        }
        this.state.companies = [...known.values()];
    }

    /** @returns {object[]} companies in which a storm is going on */
    get going() {
        return this.state.companies.filter(({storm}) => storm);
    }

    /** @returns {object[]} companies in which one is likely and nobody has switched it on */
    likely(nowMs) {
        return this.state.companies.filter(
            ({storm, threshold, inflow, toldMs}) =>
                !storm && threshold && inflow >= threshold && nowMs - toldMs < LIKELY_MS
        );
    }

    async begin(reason, companyId) {
        await this._call("action_begin", [reason, companyId]);
        await this.load();
    }

    async end(stormId, note) {
        await this._call("action_end", [[stormId], note]);
        await this.load();
    }

    /**
     * @param {number[]} ids of incidents
     * @param {string} reason
     * @param {boolean} withProtected
     * @param {(done: number) => void} onProgress
     * @returns {Promise<{closed: number, left: object[]}>} as the server says
     */
    async closeTogether(ids, reason, withProtected, onProgress) {
        const result = {closed: 0, left: []};
        let done = 0;
        for (const part of portions(ids)) {
            const {closed, left} = await this.store.call(
                "action_cancel_together",
                [part, reason, withProtected],
                {timeoutMs: CLOSING_TIMEOUT_MS}
            );
            result.closed += closed;
            result.left.push(...left);
            done += part.length;
            onProgress(done);
        }
        await this.load();
        return result;
    }
}

function withTime(line) {
    return {...line, toldMs: Date.now()};
}

export const alarmStormService = {
    dependencies: ["alarm_board", "bus_service"],
    start(env, services) {
        return new AlarmStormStore(services);
    },
};

registry.category("services").add("alarm_storm", alarmStormService);
