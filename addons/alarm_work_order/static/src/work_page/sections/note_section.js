import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useWork} from "../model/use_work";

/** What the crew wants to say beside all this. */
export class NoteSection extends Component {
    static template = "alarm_work_order.NoteSection";
    static props = {order: Object, store: Object};

    setup() {
        this.work = useWork(this.props.store);
    }

    get text() {
        return this.work.value(this.props.order.id, "note", "");
    }

    type(text) {
        this.props.store.setDraft(this.props.order.id, "note", text || null);
    }

    send() {
        const text = this.text;
        this.props.store.setDraft(this.props.order.id, "note", null);
        return this.props.store.send(this.props.order.id, "note", {text});
    }
}

registry.category("alarm_work_sections").add("note", {
    Component: NoteSection,
    sequence: 90,
    label: _t("Note for the Office"),
});
