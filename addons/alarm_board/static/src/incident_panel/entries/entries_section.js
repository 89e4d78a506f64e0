import {Component} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {sectionProps} from "../panel_sections";

/** What was done, the newest first. */
export class EntriesSection extends Component {
    static template = "alarm_board.EntriesSection";
    static props = sectionProps;
}

registry.category("alarm_board_panel_sections").add("entries", {
    Component: EntriesSection,
    column: "history",
    sequence: 15,
});
