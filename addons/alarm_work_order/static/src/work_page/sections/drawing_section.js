import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

/** The drawings of the premises. */
export class DrawingSection extends Component {
    static template = "alarm_work_order.DrawingSection";
    static props = {order: Object, store: Object};

    url(plan) {
        return `/web/image/alarm.site.plan/${plan.id}/image`;
    }
}

registry.category("alarm_work_sections").add("drawings", {
    Component: DrawingSection,
    sequence: 15,
    label: _t("Drawings"),
    isClosed: true,
    isShown: (order) => order.plans.length > 0,
});
