import {Component, onMounted, onWillUnmount, xml} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

const EVERY = 2000;

/** Reads a billing run again and again while it works in the background, but never over what
 *  somebody is typing. */
export class BillingWatch extends Component {
    static template = xml`<span class="o_alarm_billing_watch" />`;
    static props = {...standardWidgetProps};

    setup() {
        let timer = null;
        onMounted(() => {
            timer = setInterval(() => this.look(), EVERY);
        });
        onWillUnmount(() => clearInterval(timer));
    }

    async look() {
        const {record} = this.props;
        if (!(await record.isDirty())) {
            await record.load();
        }
    }
}

registry.category("view_widgets").add("alarm_billing_watch", {component: BillingWatch});
