import {Component, useState} from "@odoo/owl";
import {heatOf} from "./revenue_model";
import {monthWords, numberWords, rateWords} from "./revenue_words";

/** What is left of the contracts that began in one month, in each month since. */
export class RevenueCohorts extends Component {
    static template = "alarm_contract.RevenueCohorts";
    static props = {cohorts: Object, onOpen: Function};

    setup() {
        this.state = useState({of: "amount"});
        this.monthWords = monthWords;
        this.numberWords = numberWords;
    }

    get rows() {
        return this.props.cohorts[this.state.of].map((cohort) => ({
            ...cohort,
            cells: cohort.shares.map((share) => ({
                words: rateWords(share, 0),
                heat: heatOf(share),
                more: share > 1.005,
            })),
        }));
    }

    get columns() {
        return Math.max(0, ...this.rows.map(({cells}) => cells.length));
    }
}
