import {registry} from "@web/core/registry";
import {feeMarks} from "./fees";

// On the row of an incident: that fees of the subscriber are overdue.
registry.category("alarm_board_row_marks").add("fees", {sequence: 60, marks: feeMarks});
