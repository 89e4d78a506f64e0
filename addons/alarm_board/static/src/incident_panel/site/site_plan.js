import {Component, useEffect, useRef} from "@odoo/owl";

/** A picture of the premises with the zones on it; those of the alarm are lit. */
export class SitePlan extends Component {
    static template = "alarm_board.SitePlan";
    static props = {plan: Object};

    setup() {
        this.picture = useRef("picture");
        useEffect(
            () => this.place(),
            () => [this.props.plan]
        );
    }

    /** Places are parts of the picture; a property each, as styles know no attributes. */
    place() {
        for (const marker of this.picture.el.querySelectorAll("[data-zone]")) {
            const zone = this.props.plan.zones.find(
                ({id}) => id === Number(marker.dataset.zone)
            );
            marker.style.setProperty("--alarm-x", zone.x);
            marker.style.setProperty("--alarm-y", zone.y);
        }
    }
}
