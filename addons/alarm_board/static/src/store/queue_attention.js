import {markRaw} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {Attention} from "../attention/attention";
import {serverNowMs} from "../model/age";
import {receiverLink, serverLink} from "../model/link";
import {isWaiting, nextWaiting} from "../model/queue_order";

const SOUND_SETTING = "alarm_board.sound";

/** @returns {boolean} whether this browser's user has the sound on */
export function isSoundWanted() {
    return browser.localStorage.getItem(SOUND_SETTING) !== "off";
}

/**
 * Whether something waits, and that the dispatcher learns of it: counted, announced in
 * words, sounded until it is taken.
 */
export class QueueAttention {
    /**
     * @param {object} parts
     * @param {object} parts.services title, alarm_sound, alarm_desktop
     * @param {object} parts.state of the board; here: waiting, firstWaiting, announcement,
     *  soundOn, soundRefused, desktop
     * @param {IncidentRows} parts.rows
     * @param {(row: object) => string} parts.words the event in words
     */
    constructor({services, state, rows, words}) {
        const {title, alarm_sound, alarm_desktop} = services;
        this._sounds = alarm_sound;
        this._desktop = alarm_desktop;
        this._attention = new Attention({title, alarm_sound, alarm_desktop});
        this._state = state;
        this._rows = rows;
        this._words = words;
    }

    /** Call it from a user's gesture: browsers let nothing sound or be shown before one. */
    async start() {
        this._sounds.load();
        const asked = this._desktop.ask();
        if (this._state.soundOn) {
            await this._try();
        }
        this._state.desktop = await asked;
    }

    async toggleSound() {
        const on = !this._state.soundOn;
        this._state.soundOn = on;
        browser.localStorage.setItem(SOUND_SETTING, on ? "on" : "off");
        if (!on) {
            this._sounds.stop();
        } else if (this._state.shiftStarted) {
            await this._try();
        }
    }

    async _try() {
        this._state.soundRefused = !(await this._sounds.play("technical"));
    }

    /**
     * The rows have changed.
     *
     * @param {object[]} arrived those that were not open before
     */
    look(arrived) {
        let waiting = 0;
        let first = null;
        for (const row of this._rows.queue) {
            if (isWaiting(row) && !this._state.pending[row.id]) {
                waiting += 1;
                first ||= row;
            }
        }
        this._state.waiting = waiting;
        this._state.firstWaiting = first && markRaw(first);
        this._attention.count(waiting);
        const news = this._state.loaded && nextWaiting(arrived);
        if (news) {
            this._announce(news);
        }
        this.sound();
    }

    _announce(news) {
        const words = this._words(news);
        this._state.announcement = `${words}, ${news.subscriber || ""}`;
        if (this._state.shiftStarted) {
            const place = [news.subscriber, news.address].filter(Boolean);
            this._attention.announce(`${news.priority} · ${words}`, place.join(" – "));
        }
    }

    /** Call it each second: what waits sounds until it is taken. */
    async sound() {
        if (!this._state.shiftStarted) {
            return;
        }
        const nowMs = serverNowMs(this._state);
        const lost =
            serverLink(this._state) === "lost" ||
            this._state.receivers.some(
                (receiver) => receiverLink(receiver, nowMs).level === "silent"
            );
        const first = this._state.firstWaiting;
        const played = await this._attention.sound({first, lost}, this._state.soundOn);
        if (played !== null) {
            this._state.soundRefused = !played;
        }
    }

    /** Nobody looks any more. */
    stop() {
        this._attention.stop();
        Object.assign(this._state, {waiting: 0, firstWaiting: null});
    }
}
