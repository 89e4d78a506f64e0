import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** What the next invoice of a contract brings, line by line with its reason. */
export class ContractOwedField extends Component {
    static template = "alarm_contract.ContractOwedField";
    static props = {...standardFieldProps};

    get owed() {
        return this.props.record.data[this.props.name] || {rows: [], waiting: []};
    }

    get hasSites() {
        return this.owed.rows.some((row) => row.site);
    }

    get hasDiscount() {
        return this.owed.rows.some((row) => row.discount);
    }
}

export const contractOwedField = {
    component: ContractOwedField,
    displayName: _t("What is owed next"),
    supportedTypes: ["json"],
};

registry.category("fields").add("alarm_contract_owed", contractOwedField);

/** The same in one line: how much, and when. */
export class ContractOwedBriefField extends ContractOwedField {
    static template = "alarm_contract.ContractOwedBriefField";
}

export const contractOwedBriefField = {
    ...contractOwedField,
    component: ContractOwedBriefField,
    displayName: _t("What is owed next, in a line"),
};

registry.category("fields").add("alarm_contract_owed_brief", contractOwedBriefField);
