import {Component} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {sectionProps} from "../panel_sections";

/** How sure it is that somebody is in danger: a number that tells nothing without its words. */
export class ScoreSection extends Component {
    static template = "alarm_board.ScoreSection";
    static props = sectionProps;

    get maySet() {
        return this.props.desk.verbs.has("score");
    }
}

registry.category("alarm_board_panel_sections").add("score", {
    Component: ScoreSection,
    column: "work",
    sequence: 50,
    isShown: (detail) => Boolean(detail.score),
});
