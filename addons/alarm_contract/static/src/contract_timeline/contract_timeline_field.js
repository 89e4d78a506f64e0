import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

const ICONS = {
    start: "fa-play",
    end: "fa-stop",
    notice: "fa-bell-o",
    price: "fa-line-chart",
    discount: "fa-tag",
    charge: "fa-file-text-o",
    line: "fa-circle-o",
};

/** The term of a contract as a line, with what happened and what will happen on it. */
export class ContractTimelineField extends Component {
    static template = "alarm_contract.ContractTimelineField";
    static props = {...standardFieldProps};

    get line() {
        return this.props.record.data[this.props.name] || null;
    }

    get termStyle() {
        const [from, to] = this.line.term;
        return `left: ${from}%; width: ${Math.max(to - from, 0)}%`;
    }

    icon(day) {
        return ICONS[day.kind] || ICONS.line;
    }

    title(day) {
        return `${day.date}: ${day.texts.join(", ")}`;
    }
}

export const contractTimelineField = {
    component: ContractTimelineField,
    displayName: _t("Timeline of a contract"),
    supportedTypes: ["json"],
};

registry.category("fields").add("alarm_contract_timeline", contractTimelineField);
