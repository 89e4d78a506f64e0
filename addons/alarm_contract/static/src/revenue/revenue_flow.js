import {Component} from "@odoo/owl";
import {wonAndLost} from "./revenue_model";
import {monthWords, shortWords} from "./revenue_words";

const HEIGHT_REM = 12;

/** What was won, above the line, and lost, below it, month by month. */
export class RevenueFlow extends Component {
    static template = "alarm_contract.RevenueFlow";
    static props = {months: Array, kinds: Array, onOpen: Function};

    get flow() {
        const {months, up, down} = wonAndLost(this.props.months, this.props.kinds);
        return {
            up: up * HEIGHT_REM,
            down: down * HEIGHT_REM,
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
