import {Component} from "@odoo/owl";
import {fileTypeMagicWordMap} from "@web/views/fields/image/image_field";
import {imageUrl} from "@web/core/utils/urls";
import {isBinarySize} from "@web/core/utils/binary";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {SitePlan} from "./site_plan";

/** The zones of a subscriber on the picture beside it in the same form. */
export class SitePlanLayoutField extends Component {
    static template = "alarm_subscriber.SitePlanLayoutField";
    static components = {SitePlan};
    static props = {...standardFieldProps, imageField: {type: String, optional: true}};
    static defaultProps = {imageField: "image"};

    setup() {
        this.onPlace = this.onPlace.bind(this);
    }

    get zones() {
        return this.props.record.data[this.props.name] || [];
    }

    get imageUrl() {
        const {record, imageField} = this.props;
        const image = record.data[imageField];
        if (!image) {
            return "";
        }
        if (isBinarySize(image)) {
            return imageUrl(record.resModel, record.resId, imageField, {
                unique: record.data.write_date,
            });
        }
        return `data:image/${fileTypeMagicWordMap[image[0]] || "png"};base64,${image}`;
    }

    onPlace(id, x, y) {
        const zones = this.zones.map((zone) =>
            zone.id === id ? {...zone, x, y} : zone
        );
        return this.props.record.update({[this.props.name]: zones});
    }
}

export const sitePlanLayoutField = {
    component: SitePlanLayoutField,
    supportedTypes: ["json"],
    fieldDependencies: [{name: "write_date", type: "datetime"}],
    extractProps: ({options}) => ({imageField: options.image_field}),
};

registry.category("fields").add("alarm_site_plan_layout", sitePlanLayoutField);
