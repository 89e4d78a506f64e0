import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {SOUNDS} from "../model/event_class";

/**
 * The sounds of the board, loaded once and kept: an alarm must sound at once, also while
 * the server is gone.
 */
export class AlarmSounds {
    constructor() {
        this._audio = new Map();
    }

    /** Fetch every file. Call it from a user's gesture: browsers refuse sound before one. */
    load() {
        for (const name of SOUNDS) {
            if (!this._audio.has(name)) {
                const audio = new browser.Audio(
                    `/alarm_board/static/src/audio/${name}.wav`
                );
                audio.preload = "auto";
                this._audio.set(name, audio);
            }
        }
    }

    /**
     * @param {string} name one of SOUNDS
     * @returns {Promise<boolean>} false when the browser refused to play it
     */
    async play(name) {
        this.load();
        const audio = this._audio.get(name);
        audio.currentTime = 0;
        try {
            await audio.play();
            return true;
        } catch (error) {
            // A sounding cut short by the next one is no refusal.
            if (error.name === "AbortError") {
                return true;
            }
            if (
                error.name === "NotAllowedError" ||
                error.name === "NotSupportedError"
            ) {
                return false;
            }
            throw error;
        }
    }

    stop() {
        for (const audio of this._audio.values()) {
            audio.pause();
        }
    }
}

export const alarmSoundService = {
    start() {
        return new AlarmSounds();
    },
};

registry.category("services").add("alarm_sound", alarmSoundService);
