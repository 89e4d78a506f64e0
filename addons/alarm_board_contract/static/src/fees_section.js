import {Component} from "@odoo/owl";
import {sectionProps} from "@alarm_board/incident_panel/panel_sections";
import {registry} from "@web/core/registry";
import {FEE_ADVICE, FEE_LOOKS} from "./fees";

/** How it stands with the fees of the premises, and whether its customer is leaving. */
export class FeesSection extends Component {
    static template = "alarm_board_contract.FeesSection";
    static props = sectionProps;

    get fees() {
        return this.props.detail.fees;
    }

    get advice() {
        return FEE_ADVICE[this.fees.state];
    }

    get label() {
        return FEE_LOOKS[this.fees.state]?.label;
    }

    get tone() {
        const level = FEE_LOOKS[this.fees.state]?.level;
        return level ? `text-${level}` : "";
    }
}

registry.category("alarm_board_panel_sections").add("fees", {
    Component: FeesSection,
    column: "site",
    sequence: 45,
    isShown: (detail) => Boolean(detail.fees || detail.contract_notice),
});
