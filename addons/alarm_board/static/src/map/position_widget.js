import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {AlarmMap} from "./alarm_map";

const NEAR = 12;

/** Where the record is, on a map: `<widget name="alarm_map_position"/>` beside the fields
 * `latitude` and `longitude`. Drag the pin, or click where there is none yet. */
export class PositionWidget extends Component {
    static template = "alarm_board.PositionWidget";
    static components = {AlarmMap};
    static props = {...standardWidgetProps};

    get place() {
        const {latitude, longitude} = this.props.record.data;
        return latitude || longitude ? {latitude, longitude} : null;
    }

    get markers() {
        if (!this.place) {
            return [];
        }
        return [
            {
                id: "position",
                ...this.place,
                label: this.props.record.data.display_name || _t("Premises"),
                draggable: !this.props.readonly,
            },
        ];
    }

    get zoom() {
        return this.place ? undefined : NEAR;
    }

    async onMove(_id, place) {
        await this.keep(place);
    }

    async onPlace(place) {
        if (!this.place) {
            await this.keep(place);
        }
    }

    async keep({latitude, longitude}) {
        if (!this.props.readonly) {
            await this.props.record.update({
                latitude: Number(latitude.toFixed(7)),
                longitude: Number(longitude.toFixed(7)),
            });
        }
    }
}

registry.category("view_widgets").add("alarm_map_position", {
    component: PositionWidget,
    fieldDependencies: [
        {name: "latitude", type: "float"},
        {name: "longitude", type: "float"},
        {name: "display_name", type: "char"},
    ],
});
