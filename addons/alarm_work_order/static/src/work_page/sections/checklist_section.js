import {Component, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useWork} from "../model/use_work";

/** What is looked after, ticked or measured. */
export class ChecklistSection extends Component {
    static template = "alarm_work_order.ChecklistSection";
    static props = {order: Object, store: Object};

    setup() {
        this.work = useWork(this.props.store);
        /** Lines whose remark was opened to write one. */
        this.opened = useState({});
    }

    get isOpen() {
        return ["scheduled", "in_progress", "testing"].includes(this.props.order.state);
    }

    shown(line, name) {
        const field = `checklist/${line.id}/${name}`;
        return this.work.value(this.props.order.id, field, line[name]);
    }

    hasRemark(line) {
        return Boolean(this.shown(line, "remark") || this.opened[line.id]);
    }

    openRemark(line) {
        this.opened[line.id] = true;
    }

    draft(line, name, value) {
        this.props.store.setDraft(
            this.props.order.id,
            `checklist/${line.id}/${name}`,
            value
        );
    }

    keep(line, name, value) {
        return this.props.store.send(
            this.props.order.id,
            "checklist",
            {id: line.id, [name]: value},
            {field: `checklist/${line.id}/${name}`, shown: value}
        );
    }
}

registry.category("alarm_work_sections").add("checklist", {
    Component: ChecklistSection,
    sequence: 20,
    label: _t("Check-list"),
    isShown: (order) => order.checklist.length > 0,
    note: (order) => {
        const answered = order.checklist.filter((line) => line.answered).length;
        return `${answered} / ${order.checklist.length}`;
    },
});
