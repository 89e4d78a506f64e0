import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";

/** One at a time: a newer one takes the place of the older. */
const TAG = "alarm_board";
const ICON = "/alarm_board/static/description/icon.png";

/**
 * Notifications of the desktop, for alarms that arrive while the dispatcher looks at
 * something else than this browser.
 */
export class DesktopAlerts {
    constructor(action) {
        this._action = action;
        this._shown = null;
    }

    /** @returns {"granted"|"denied"|"default"|"unsupported"} */
    get permission() {
        return browser.Notification?.permission || "unsupported";
    }

    /**
     * Call it from a user's gesture: browsers ask only then.
     *
     * @returns {Promise<string>} as `permission`
     */
    async ask() {
        if (this.permission === "default") {
            await browser.Notification.requestPermission();
        }
        return this.permission;
    }

    /**
     * @param {string} title
     * @param {string} body
     */
    show(title, body) {
        if (this.permission !== "granted" || this._isLookedAt()) {
            return;
        }
        const shown = new browser.Notification(title, {
            body,
            tag: TAG,
            renotify: true,
            requireInteraction: true,
            icon: ICON,
        });
        shown.onclick = () => {
            window.focus();
            this.close();
            if (!document.querySelector(".o_alarm_board")) {
                this._action.doAction("alarm_board.alarm_board_action");
            }
        };
        this._shown = shown;
    }

    /** Nothing waits any more. */
    close() {
        this._shown?.close();
        this._shown = null;
    }

    _isLookedAt() {
        return document.visibilityState === "visible" && document.hasFocus();
    }
}

/**
 * @param {string} permission as `DesktopAlerts.permission`
 * @returns {string} why nothing will be seen on the desktop; empty when it will
 */
export function desktopTrouble(permission) {
    switch (permission) {
        case "denied":
            return _t("The browser blocks notifications on the desktop.").toString();
        case "unsupported":
            return _t(
                "The browser shows no notifications on the desktop: it wants https."
            ).toString();
        default:
            return "";
    }
}

export const alarmDesktopService = {
    dependencies: ["action"],
    start(env, {action}) {
        return new DesktopAlerts(action);
    },
};

registry.category("services").add("alarm_desktop", alarmDesktopService);
