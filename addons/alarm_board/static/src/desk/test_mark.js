import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

/** What nobody may take for a real alarm, and what came by telephone. */
registry.category("alarm_board_row_marks").add("desk", {
    sequence: 1,
    marks: (row) => {
        const marks = [];
        if (row.injected) {
            marks.push({
                name: "injected",
                icon: "fa-flask",
                label: _t("Test signal: nothing has happened"),
                text: _t("TEST"),
                level: "warning",
            });
        }
        if (row.caller) {
            marks.push({
                name: "by_phone",
                icon: "fa-phone",
                label: _t("Reported by phone"),
            });
        }
        return marks;
    },
});
