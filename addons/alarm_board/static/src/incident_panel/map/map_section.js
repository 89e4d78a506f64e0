import {Component} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {AlarmMap} from "../../map/alarm_map";
import {sectionProps} from "../panel_sections";

/** Where the premises are, and who is on the way there. */
export class MapSection extends Component {
    static template = "alarm_board.MapSection";
    static components = {AlarmMap};
    static props = sectionProps;
}

registry.category("alarm_board_panel_sections").add("map", {
    Component: MapSection,
    column: "site",
    sequence: 50,
    isShown: (detail) => Boolean(detail.places.length),
});
