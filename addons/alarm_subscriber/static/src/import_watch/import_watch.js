import {Component, onMounted, onWillUnmount, xml} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

const EVERY = 2000;

/** Reads the record again and again while something is being done to it elsewhere. */
export class ImportWatch extends Component {
    static template = xml`<span class="o_alarm_import_watch" />`;
    static props = {...standardWidgetProps};

    setup() {
        let timer = null;
        onMounted(() => {
            timer = setInterval(() => this.props.record.load(), EVERY);
        });
        onWillUnmount(() => clearInterval(timer));
    }
}

registry.category("view_widgets").add("alarm_import_watch", {component: ImportWatch});
