import {registry} from "@web/core/registry";
import {EndShiftDialog} from "./end_shift_dialog";

/** Whoever logs out during a shift ends it first. */
const items = registry.category("user_menuitems");
const logOutItem = items.get("log_out");

items.add(
    "log_out",
    (env) => {
        const item = logOutItem(env);
        const {alarm_desk: desk, alarm_drafts: drafts, dialog} = env.services;
        const logOut = () => {
            drafts?.dropAll();
            if (desk) {
                desk.leaving = true;
            }
            item.callback();
        };
        return {
            ...item,
            // Without it a click with the middle button would go past the question.
            href: undefined,
            callback: () => {
                if (desk?.state.shift || desk?.inHand().length) {
                    dialog.add(EndShiftDialog, {desk, onEnded: logOut});
                } else {
                    logOut();
                }
            },
        };
    },
    {force: true}
);
