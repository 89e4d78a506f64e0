import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

/** Where it is, and whom to call there. */
export class SiteSection extends Component {
    static template = "alarm_work_order.SiteSection";
    static props = {order: Object, store: Object};

    telephone(number) {
        return `tel:${number.replace(/[^\d+]/g, "")}`;
    }
}

registry.category("alarm_work_sections").add("site", {
    Component: SiteSection,
    sequence: 10,
    label: _t("Premises"),
});
