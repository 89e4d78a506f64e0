import {browser} from "@web/core/browser/browser";

/** With so many open incidents the screen follows no more often than this. */
const MANY = 300;
const MANY_PAUSE_MS = 100;

/** Lets the screen follow the rows: in a storm ten times a second, not with each alarm. */
export class ScreenPace {
    /** @param {Function} draw let the screen follow */
    constructor(draw) {
        this._draw = draw;
        this._drawnAt = 0;
        this._timer = null;
    }

    /** @param {number} count of open incidents, which have changed */
    changed(count) {
        const since = Date.now() - this._drawnAt;
        const wait = since < 0 ? 0 : MANY_PAUSE_MS - since;
        if (count < MANY || wait <= 0) {
            this._drawNow();
        } else if (!this._timer) {
            this._timer = browser.setTimeout(() => {
                this._timer = null;
                this._drawNow();
            }, wait);
        }
    }

    _drawNow() {
        this._drawnAt = Date.now();
        this._draw();
    }
}
