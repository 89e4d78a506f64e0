import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";
import {session} from "@web/session";
import {Drafts} from "../model/drafts";

export const alarmDraftsService = {
    start() {
        return new Drafts(browser.sessionStorage, `${session.db}.${user.userId}`);
    },
};

registry.category("services").add("alarm_drafts", alarmDraftsService);
