import {browser} from "@web/core/browser/browser";
import {alertFor} from "../model/event_class";
import {claim, isHolder} from "../model/sound_lease";

const CONNECTION_LOST_EVERY_MS = 8000;
const LEASE = "alarm_board.sounding_tab";

/**
 * What draws a dispatcher's attention to what waits: the tab's title, the sound, the
 * desktop. Of several tabs of one browser one alone sounds and shows notifications.
 */
export class Attention {
    constructor({title, alarm_sound, alarm_desktop}) {
        this._title = title;
        this._sounds = alarm_sound;
        this._desktop = alarm_desktop;
        this._me = `${Date.now()}-${Math.random()}`;
        this._soundedAt = {};
        this._leave = () => this.release();
        browser.addEventListener("pagehide", this._leave);
    }

    /**
     * @param {number} count incidents that wait
     */
    count(count) {
        this._title.setCounters({alarm_board: count});
        if (!count) {
            this._desktop.close();
        }
    }

    /**
     * Call it each second, and when something has changed.
     *
     * @param {{first: object|null, lost: boolean}} now the first incident that waits, and
     *  whether the server or a receiver is not heard
     * @param {boolean} soundOn
     * @returns {Promise<boolean|null>} whether the browser let it sound; null when nothing
     *  was to sound now
     */
    async sound({first, lost}, soundOn) {
        const alert = alertFor(first);
        if (!soundOn || !(alert || lost) || !this._mine()) {
            return null;
        }
        const played = [];
        if (alert) {
            played.push(this._every(alert.everyMs, alert.sound));
        }
        if (lost) {
            played.push(this._every(CONNECTION_LOST_EVERY_MS, "connection_lost"));
        }
        const results = (await Promise.all(played)).filter((result) => result !== null);
        return results.length ? results.every(Boolean) : null;
    }

    /** Tell of an alarm that has just arrived. */
    announce(title, body) {
        // Only looked at, not taken: a tab whose sound is off must not silence the others.
        if (this._claim().mine) {
            this._desktop.show(title, body);
        }
    }

    stop() {
        this._sounds.stop();
        this._title.setCounters({alarm_board: 0});
        this._desktop.close();
        this.release();
    }

    /** Let another tab sound at once. */
    release() {
        if (isHolder(browser.localStorage.getItem(LEASE), this._me)) {
            browser.localStorage.removeItem(LEASE);
        }
    }

    _mine() {
        const {mine, stored} = this._claim();
        if (stored) {
            browser.localStorage.setItem(LEASE, stored);
        }
        return mine;
    }

    _claim() {
        return claim(browser.localStorage.getItem(LEASE), this._me, Date.now());
    }

    async _every(everyMs, name) {
        const nowMs = Date.now();
        const since = nowMs - (this._soundedAt[name] || 0);
        // It lies in the future when the computer's clock was set back since.
        if (since >= 0 && since < everyMs) {
            return null;
        }
        this._soundedAt[name] = nowMs;
        return this._sounds.play(name);
    }
}
