import {Component} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {sectionProps} from "../panel_sections";

/** What is resolved and not closed: what is missing, and the way there. */
export class ClosingSection extends Component {
    static template = "alarm_board.ClosingSection";
    static props = sectionProps;

    get closing() {
        return this.props.detail.closing;
    }

    get mayClose() {
        return this.props.desk.verbs.has("close");
    }

    /** Whether something can be done about it from here; a step is done above. */
    leads({gate}) {
        return gate !== "" && gate !== "steps";
    }
}

registry.category("alarm_board_panel_sections").add("closing", {
    Component: ClosingSection,
    column: "work",
    sequence: 10,
    isShown: (detail, row) => row.state === "resolved",
});
