import {Component} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

/** Says beside a field where its value comes from, and lets it follow its template again. */
export class ValueOrigin extends Component {
    static template = "alarm_subscriber.ValueOrigin";
    static props = {...standardWidgetProps, field: String};

    get origin() {
        return (this.props.record.data.value_origins || {})[this.props.field];
    }

    follow() {
        const {record, field} = this.props;
        const own = record.data.own_values || [];
        return record.update({own_values: own.filter((name) => name !== field)});
    }
}

registry.category("view_widgets").add("alarm_value_origin", {
    component: ValueOrigin,
    extractProps: ({options}) => ({field: options.field}),
});
