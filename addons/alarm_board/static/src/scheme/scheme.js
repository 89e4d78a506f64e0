import {browser} from "@web/core/browser/browser";
import {cookie} from "@web/core/browser/cookie";
import {registry} from "@web/core/registry";

/** The cookie in which Odoo keeps the same choice, where it has one. */
const COOKIE = "color_scheme";

/** @returns {"light"|"dark"} */
export function currentScheme() {
    return cookie.get(COOKIE) === "dark" ? "dark" : "light";
}

/** @param {"light"|"dark"} scheme shown from now on, and the next time */
export function setScheme(scheme) {
    cookie.set(COOKIE, scheme);
    applyScheme(scheme);
}

function applyScheme(scheme) {
    document.documentElement.dataset.alarmScheme = scheme;
}

registry.category("services").add("alarm_scheme", {
    start() {
        applyScheme(currentScheme());
        browser.addEventListener("focus", () => applyScheme(currentScheme()));
    },
});
