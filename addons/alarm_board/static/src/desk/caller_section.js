import {Component} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {sectionProps} from "../incident_panel/panel_sections";

/** Who telephoned, and the number to call back. */
export class CallerSection extends Component {
    static template = "alarm_board.CallerSection";
    static props = sectionProps;
}

registry.category("alarm_board_panel_sections").add("caller", {
    Component: CallerSection,
    column: "site",
    sequence: 5,
    isShown: (detail) => Boolean(detail.report),
});
