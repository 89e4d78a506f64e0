import {Component} from "@odoo/owl";
import {wonAndLost} from "./revenue_model";
import {moneyWords, monthWords, shortWords} from "./revenue_words";

/** What was won, above the line, and lost, below it, month by month. */
export class RevenueFlow extends Component {
    static template = "alarm_contract.RevenueFlow";
    static props = {
        months: Array,
        kinds: Array,
        currencyId: Number,
        onOpen: Function,
    };

    get flow() {
        const {months, most} = wonAndLost(this.props.months, this.props.kinds);
        return {
            most: moneyWords(most, this.props.currencyId),
            months: months.map((month) => ({
                ...month,
                name: monthWords(month.start),
                wonWords: shortWords(month.won),
                lostWords: shortWords(-month.lost),
                closingWords: shortWords(month.closing.amount),
            })),
        };
    }
}
