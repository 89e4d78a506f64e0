import {Component, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {sectionProps} from "../panel_sections";
import {SitePlan} from "./site_plan";

/** Where it happened: the zone, lit up on the plan of the premises; the cameras. */
export class SiteSection extends Component {
    static template = "alarm_board.SiteSection";
    static components = {SitePlan};
    static props = sectionProps;

    setup() {
        this.state = useState({planId: null});
    }

    get plans() {
        return this.props.detail.plans;
    }

    get plan() {
        return this.plans.find(({id}) => id === this.state.planId) || this.plans[0];
    }
}

registry.category("alarm_board_panel_sections").add("site", {
    Component: SiteSection,
    column: "site",
    sequence: 10,
    isShown: ({zone, zone_text, plans, cameras}) =>
        Boolean(zone || zone_text || plans.length || cameras.length),
});
