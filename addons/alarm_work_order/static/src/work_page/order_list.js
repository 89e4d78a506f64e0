import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {byDay} from "./model/days";

const {DateTime} = luxon;

const TITLES = {
    begun: _t("Begun"),
    late: _t("Overdue"),
    today: _t("Today"),
    open: _t("Without a Date"),
};

/** The orders of a crew by day. */
export class OrderList extends Component {
    static template = "alarm_work_order.OrderList";
    static props = {orders: Array, loaded: Boolean, open: Function};

    get days() {
        return byDay(this.props.orders, Date.now());
    }

    title(group) {
        if (TITLES[group.key]) {
            return TITLES[group.key].toString();
        }
        return group.day.toLocaleString({
            weekday: "long",
            month: "short",
            day: "numeric",
        });
    }

    time(order, group) {
        if (!order.planned_start) {
            return "";
        }
        const start = DateTime.fromISO(order.planned_start);
        const from = start.toFormat("HH:mm");
        const to = DateTime.fromISO(order.planned_end).toFormat("HH:mm");
        const day = ["late", "begun"].includes(group.key)
            ? `${start.toLocaleString({month: "short", day: "numeric"})} `
            : "";
        return `${day}${from}–${to}`;
    }
}
