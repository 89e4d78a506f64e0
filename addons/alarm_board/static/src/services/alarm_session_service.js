import {reactive} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {rpc, rpcBus} from "@web/core/network/rpc";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";
import {session} from "@web/session";

const EXPIRED = "odoo.http.SessionExpiredException";

/**
 * Whether the session on the server has ended while the board is on the screen: it was lost
 * with a restart, ended elsewhere, or the password was changed. The board stays as it is
 * and asks for the password; nothing that is typed is lost.
 */
export class AlarmSession {
    constructor({alarm_board, bus_service}) {
        this.store = alarm_board;
        this.bus = bus_service;
        this.state = reactive({expired: false});
        /** Numbers of the newest request, and of the newest when the session was new. */
        this._newest = -1;
        this._resumedAfter = -1;
        rpcBus.addEventListener("RPC:REQUEST", ({detail}) => {
            this._newest = detail.data.id;
        });
        rpcBus.addEventListener("RPC:RESPONSE", ({detail}) => this._onResponse(detail));
    }

    /** Elsewhere in the web client Odoo's own message is enough. */
    get isBoardUp() {
        return (
            this.store.state.shiftStarted ||
            Boolean(document.querySelector(".o_alarm_board"))
        );
    }

    _onResponse({data, error}) {
        // What was asked before the new session says nothing about it.
        const isOld = data.id <= this._resumedAfter;
        if (error?.exceptionName === EXPIRED && !isOld && this.isBoardUp) {
            this.state.expired = true;
        }
    }

    /**
     * Log in as who one was.
     *
     * @param {string} password
     * @returns {Promise<"ok"|"wrong"|"elsewhere"|"unreachable">} "elsewhere": it takes more
     *  than a password, such as a second factor
     */
    async logIn(password) {
        try {
            const answer = await rpc(
                "/web/session/authenticate",
                {db: session.db, login: user.login, password},
                {silent: true}
            );
            if (answer?.uid !== user.userId) {
                return "elsewhere";
            }
        } catch (error) {
            return error.exceptionName === "odoo.exceptions.AccessDenied"
                ? "wrong"
                : "unreachable";
        }
        this._resume();
        return "ok";
    }

    /** Somebody may have logged in on another tab meanwhile. */
    async look() {
        try {
            const info = await rpc("/web/session/get_session_info", {}, {silent: true});
            if (info.uid === user.userId) {
                this._resume();
            } else if (info.uid) {
                // Somebody else: what is on the screen is not his.
                browser.location.reload();
            }
        } catch {
            // Still nobody.
        }
    }

    _resume() {
        this._resumedAfter = this._newest;
        this.state.expired = false;
        this.bus.start();
        this.store.load();
    }
}

export const alarmSessionService = {
    dependencies: ["alarm_board", "bus_service"],
    start(env, services) {
        return new AlarmSession(services);
    },
};

registry.category("services").add("alarm_session", alarmSessionService);

/** The board asks for the password; Odoo's dialog, which would load the page anew, does not. */
function sessionErrorHandler(env, error, originalError) {
    if (
        originalError?.exceptionName === EXPIRED &&
        env.services.alarm_session?.state.expired
    ) {
        error.unhandledRejectionEvent?.preventDefault();
        return true;
    }
    return false;
}

registry
    .category("error_handlers")
    .add("alarm_session", sessionErrorHandler, {sequence: 1});
