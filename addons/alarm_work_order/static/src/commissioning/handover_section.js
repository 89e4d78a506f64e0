import {Component, useRef, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";

const WHO = {crew: _t("For the Installer"), customer: _t("For the Customer")};

/** A field to sign with a finger. */
export class SignaturePad extends Component {
    static template = "alarm_work_order.SignaturePad";
    static props = {onChange: Function};

    setup() {
        this.canvas = useRef("canvas");
        this._drawing = false;
    }

    _point(ev) {
        const {left, top, width, height} = this.canvas.el.getBoundingClientRect();
        return [
            ((ev.clientX - left) * this.canvas.el.width) / width,
            ((ev.clientY - top) * this.canvas.el.height) / height,
        ];
    }

    begin(ev) {
        this._drawing = true;
        this.canvas.el.setPointerCapture(ev.pointerId);
        const context = this.canvas.el.getContext("2d");
        Object.assign(context, {lineWidth: 3, lineCap: "round", strokeStyle: "#111"});
        context.beginPath();
        context.moveTo(...this._point(ev));
    }

    draw(ev) {
        if (this._drawing) {
            const context = this.canvas.el.getContext("2d");
            context.lineTo(...this._point(ev));
            context.stroke();
        }
    }

    end() {
        if (this._drawing) {
            this._drawing = false;
            this.props.onChange(this.canvas.el.toDataURL("image/png"));
        }
    }

    clear() {
        const {width, height} = this.canvas.el;
        this.canvas.el.getContext("2d").clearRect(0, 0, width, height);
        this.props.onChange("");
    }
}

/** What the users were shown, who took the codes, and what both parties sign. */
export class HandoverSection extends Component {
    static template = "alarm_work_order.HandoverSection";
    static components = {SignaturePad};
    static props = {order: Object, store: Object};

    setup() {
        this.storeState = useState(this.props.store.state);
        this.state = useState({signing: "", image: ""});
    }

    get isOpen() {
        return this.props.order.state === "testing";
    }

    get parties() {
        return Object.keys(WHO).map((who) => ({
            who,
            label: WHO[who].toString(),
            ...this.props.order.handover[who],
            pending: this.pending(who),
        }));
    }

    pending(who) {
        return this.props.store
            .pending(this.props.order.id, "sign")
            .some((call) => call.values.who === who);
    }

    shown(topic) {
        return this.props.store.value(
            this.props.order.id,
            `training/${topic.id}`,
            topic.done
        );
    }

    tick(topic, done) {
        return this.send(
            "training",
            {id: topic.id, done},
            `training/${topic.id}`,
            done
        );
    }

    typed(field) {
        return this.props.store.value(this.props.order.id, field, this.known(field));
    }

    /** Who it mostly is, and the centre knows: who works here, and whom it calls first. */
    known(field) {
        return field === "sign/crew"
            ? user.name
            : this.props.order.contacts[0]?.name || "";
    }

    type(field, value) {
        this.props.store.setDraft(this.props.order.id, field, value);
    }

    codes() {
        const name = this.typed("codes").trim();
        return name && this.send("codes", {name}, "codes", name);
    }

    sign(who) {
        const name = this.typed(`sign/${who}`).trim();
        const {image} = this.state;
        if (!name || !image) {
            return false;
        }
        Object.assign(this.state, {signing: "", image: ""});
        return this.send("sign", {who, name, image}, `sign/${who}`, name);
    }

    send(verb, values, field, shown) {
        return this.props.store.send(this.props.order.id, verb, values, {field, shown});
    }
}

registry.category("alarm_work_sections").add("handover", {
    Component: HandoverSection,
    sequence: 70,
    label: _t("Hand-over"),
    isShown: (order) => order.handover?.asked,
});
