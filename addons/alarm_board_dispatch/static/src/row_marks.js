import {registry} from "@web/core/registry";
import {ORDER_LOOKS} from "./responders";

// On the row of an incident: how far the responders are.
registry.category("alarm_board_row_marks").add("responders", {
    sequence: 20,
    marks: (row) => {
        const responders = row.facts?.responders;
        if (!responders) {
            return [];
        }
        const {icon, label} = ORDER_LOOKS[responders.state];
        return [
            {
                name: "responders",
                icon,
                label,
                level: responders.overdue ? "danger" : undefined,
            },
        ];
    },
});
