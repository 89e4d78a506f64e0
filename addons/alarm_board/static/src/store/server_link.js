import {browser} from "@web/core/browser/browser";
import {ConnectionLostError, RPCError} from "@web/core/network/rpc";
import {Deferred} from "@web/core/utils/concurrency";

/** The server is asked this often whether this board still shows the truth… */
const PULSE_MS = 4000;
/** …and this soon again when it does not seem so, when there was no answer, or while
 *  notifications cannot arrive. */
const PULSE_AGAIN_MS = 1000;
/** After a mistake of ours, which is shown each time. */
const MISTAKE_MS = 30000;
/** A request that takes longer has failed. */
const REQUEST_TIMEOUT_MS = 10000;

/**
 * Asks the server, and knows whether it answers: since when the board may be wrong, and
 * when it is to ask again.
 */
export class ServerLink {
    /**
     * @param {object} parts
     * @param {object} parts.orm silent
     * @param {object} parts.state of the board; here: heardAt, socket, failure, gap
     * @param {EventBus} parts.events of the board
     * @param {Function} parts.onForbidden the user may not look any more
     */
    constructor({orm, state, events, onForbidden}) {
        this._orm = orm;
        this._state = state;
        this._events = events;
        this._onForbidden = onForbidden;
        this.nextPulseAt = 0;
    }

    /**
     * @param {string} method of alarm.incident
     * @param {Array} [args]
     * @param {number} [timeoutMs]
     * @returns {Promise<any>} what it returns; by this the server was heard
     */
    async ask(method, args = [], timeoutMs = REQUEST_TIMEOUT_MS) {
        const answer = await this.withinTime(
            this._orm.call("alarm.incident", method, args),
            timeoutMs
        );
        this.heard();
        return answer;
    }

    /**
     * @param {Promise<any>} request
     * @param {number} [timeoutMs]
     * @returns {Promise<any>} of the same
     * @throws {ConnectionLostError} no answer came in time
     */
    withinTime(request, timeoutMs = REQUEST_TIMEOUT_MS) {
        const timeout = new Deferred();
        const timer = browser.setTimeout(() => {
            request.abort?.(false);
            timeout.reject(new ConnectionLostError("alarm.incident"));
        }, timeoutMs);
        return Promise.race([request, timeout]).finally(() =>
            browser.clearTimeout(timer)
        );
    }

    /** An answer or a notification has come. */
    heard() {
        this._state.heardAt = Date.now();
    }

    /** @param {boolean} unsure whether the board is right shows with the next pulse only */
    succeeded(unsure) {
        const {failure, gap, socket} = this._state;
        this._state.failure = null;
        const closes = gap && gap.toMs === null && socket !== "lost";
        if (closes) {
            gap.toMs = Date.now();
        }
        if (closes || failure !== null) {
            this._events.trigger("CAUGHT-UP");
        }
        const soon = unsure || socket === "lost";
        this.nextPulseAt = Date.now() + (soon ? PULSE_AGAIN_MS : PULSE_MS);
    }

    /**
     * @param {Error} error
     * @throws {Error} the same when it is a mistake of ours: it must not look like a broken
     *  line. The board is doubted all the same, and the server asked again.
     */
    failed(error) {
        this.doubt();
        if (!isFailure(error)) {
            this.nextPulseAt = Date.now() + MISTAKE_MS;
            throw error;
        }
        this._state.failure = failureOf(error);
        if (isForbidden(error)) {
            this._onForbidden();
        }
        this.nextPulseAt = Date.now() + PULSE_AGAIN_MS;
    }

    /** From now on the board may be wrong, until a check says that it is right. */
    doubt() {
        const {loaded, gap, heardAt} = this._state;
        if (loaded && (!gap || gap.toMs !== null)) {
            const nowMs = Date.now();
            const fromMs = Math.min(heardAt || nowMs, nowMs);
            this._state.gap = {fromMs, toMs: null, missed: 0};
        }
    }
}

/** @returns {boolean} the server refused, or could not be reached */
function isFailure(error) {
    return error instanceof ConnectionLostError || error instanceof RPCError;
}

/**
 * @param {Error} error
 * @returns {string} why the server did not answer, in words for the "not connected" bar;
 *  empty when it could not be reached at all
 */
function failureOf(error) {
    return error instanceof RPCError ? error.data?.message || error.message : "";
}

function isForbidden(error) {
    return (
        error instanceof RPCError &&
        error.exceptionName === "odoo.exceptions.AccessError"
    );
}
