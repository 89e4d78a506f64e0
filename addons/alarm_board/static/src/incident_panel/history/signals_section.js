import {Component} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {sectionProps} from "../panel_sections";
import {SignalList} from "./signal_list";

/** The signals that belong to this incident. */
export class SignalsSection extends Component {
    static template = "alarm_board.SignalsSection";
    static components = {SignalList};
    static props = sectionProps;

    get mayAcknowledge() {
        const {desk, detail} = this.props;
        return Boolean(detail.unacknowledged) && desk.verbs.has("acknowledge");
    }
}

registry.category("alarm_board_panel_sections").add("signals", {
    Component: SignalsSection,
    column: "history",
    sequence: 10,
    isShown: (detail) => Boolean(detail.signals.length),
});
