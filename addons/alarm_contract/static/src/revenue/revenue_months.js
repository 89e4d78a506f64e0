import {Component} from "@odoo/owl";
import {shownKinds} from "./revenue_model";
import {monthWords, numberWords} from "./revenue_words";

/** The roll-forward in numbers, month by month; every number opens what is behind it. */
export class RevenueMonths extends Component {
    static template = "alarm_contract.RevenueMonths";
    static props = {months: Array, whole: Object, kinds: Array, onOpen: Function};

    setup() {
        this.numberWords = numberWords;
        this.monthWords = monthWords;
    }

    get kinds() {
        return shownKinds(this.props.kinds, this.props.whole);
    }

    get columns() {
        return [...this.props.months, this.props.whole];
    }

    amount(period, kind) {
        return numberWords(period.kinds[kind]?.amount || 0);
    }
}
