import {Component} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {sectionProps} from "../panel_sections";

/** Whose premises these are, how to get in, and why it is here with this priority and plan. */
export class SubscriberSection extends Component {
    static template = "alarm_board.SubscriberSection";
    static props = sectionProps;
}

registry.category("alarm_board_panel_sections").add("subscriber", {
    Component: SubscriberSection,
    column: "site",
    sequence: 40,
});
