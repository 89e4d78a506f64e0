import {Component, useState} from "@odoo/owl";
import {sectionProps} from "@alarm_board/incident_panel/panel_sections";
import {ageSeconds, formatAge, momentMs, serverNowMs} from "@alarm_board/model/age";
import {registry} from "@web/core/registry";
import {distanceWords, ORDER_LOOKS, STEP_LABELS} from "../responders";

/** Who was sent, where he is, and since when; what he reports by telephone is said here. */
export class OrdersSection extends Component {
    static template = "alarm_board_dispatch.OrdersSection";
    static props = sectionProps;

    setup() {
        this.stepLabels = STEP_LABELS;
        this.storeState = useState(this.props.desk.store.state);
        this.draft = useState(
            this.props.desk.draft("orders", {cancelling: 0, reason: ""})
        );
    }

    get orders() {
        return this.props.detail.orders;
    }

    get mayAct() {
        return this.props.desk.verbs.has("call");
    }

    icon(order) {
        return ORDER_LOOKS[order.state]?.icon || "fa-flag-checkered";
    }

    /** How long it has been in its state. */
    clock(order) {
        const nowMs = serverNowMs(this.storeState);
        return formatAge(ageSeconds(momentMs(order.since), nowMs));
    }

    moment(iso) {
        return this.props.desk.moment(iso);
    }

    way(member) {
        return member.distance ? distanceWords(member.distance) : "";
    }

    /** Who can still answer: of a crew each one answers for himself. */
    answering(order) {
        return order.next === "accept"
            ? order.members.filter(({answer}) => answer === "invited")
            : [];
    }

    step(order, member) {
        this.props.desk.run("board_order_step", [order.id, member ? member.id : false]);
    }

    add(order) {
        this.props.desk.openForm("dispatch", {orderId: order.id});
    }

    async cancel(order) {
        const reason = this.draft.reason.trim();
        if (
            reason &&
            (await this.props.desk.run("board_order_cancel", [order.id, reason]))
        ) {
            this.draft.cancelling = 0;
            this.draft.reason = "";
        }
    }
}

registry.category("alarm_board_panel_sections").add("orders", {
    Component: OrdersSection,
    column: "work",
    sequence: 15,
    isShown: (detail) => Boolean(detail.orders.length),
});
