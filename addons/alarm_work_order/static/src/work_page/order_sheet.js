import {Component, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useWork} from "./model/use_work";

const {DateTime} = luxon;

/** The sections of an order, in the order of their `sequence`. Others add theirs:
 *  {Component, sequence, label, isShown(order), note(order), isClosed}. `Component` has the props `order`
 *  and `store`; it reads the store through `useWork`. */
const sections = registry.category("alarm_work_sections");

/** One order on the phone. */
export class OrderSheet extends Component {
    static template = "alarm_work_order.OrderSheet";
    static props = {order: Object, store: Object};

    setup() {
        this.work = useWork(this.props.store);
        this.state = useState({closed: {}});
    }

    get sections() {
        const {order} = this.props;
        return sections
            .getEntries()
            .map(([name, section]) => ({name, ...section}))
            .filter((section) => !section.isShown || section.isShown(order))
            .sort((a, b) => a.sequence - b.sequence);
    }

    get when() {
        const {planned_start: start, planned_end: end} = this.props.order;
        if (!start) {
            return "";
        }
        const from = DateTime.fromISO(start);
        const day = from.toLocaleString({
            weekday: "short",
            month: "short",
            day: "numeric",
        });
        return `${day} ${from.toFormat("HH:mm")}–${DateTime.fromISO(end).toFormat("HH:mm")}`;
    }

    /** A step that is on its way is not taken twice. */
    get isStepPending() {
        return this.work.pending(this.props.order.id, "verb").length > 0;
    }

    step(verb) {
        return this.props.store.send(
            this.props.order.id,
            "verb",
            {verb},
            {field: `step/${verb}`}
        );
    }

    isClosed(section) {
        return this.state.closed[section.name] ?? Boolean(section.isClosed);
    }

    toggle(section) {
        this.state.closed[section.name] = !this.isClosed(section);
    }
}
