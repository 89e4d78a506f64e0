import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";

const TICK_MS = 1000;
/** Two clocks tick; what comes sooner than this after the other is the same tick. */
const SAME_TICK_MS = 700;
const WORKER = "/alarm_board/static/worker/ticker.js";

/**
 * A second hand that also goes in a background tab: an alarm that waits must sound there,
 * and the connection must be watched.
 */
export const alarmTickerService = {
    start() {
        return {
            /**
             * @param {() => void} onSecond called once a second
             * @returns {() => void} ends it
             */
            start(onSecond) {
                let last = 0;
                const tick = () => {
                    const now = Date.now();
                    if (Math.abs(now - last) >= SAME_TICK_MS) {
                        last = now;
                        onSecond();
                    }
                };
                const timer = browser.setInterval(tick, TICK_MS);
                const worker = startWorker(tick);
                return () => {
                    browser.clearInterval(timer);
                    worker?.terminate();
                };
            },
        };
    },
};

/** @returns {Worker|null} null where the browser or its policy refuses one: the page's own
 *  timer remains */
function startWorker(tick) {
    try {
        const worker = new browser.Worker(WORKER);
        worker.addEventListener("message", tick);
        worker.addEventListener("error", (event) => event.preventDefault());
        return worker;
    } catch {
        return null;
    }
}

registry.category("services").add("alarm_ticker", alarmTickerService);
