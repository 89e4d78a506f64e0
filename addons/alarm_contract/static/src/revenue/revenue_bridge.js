import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {bridgeAxis, bridgeBars, placeBar} from "./revenue_model";
import {moneyWords, shortWords} from "./revenue_words";

/** From the opening to the closing, one bar for each kind of movement. */
export class RevenueBridge extends Component {
    static template = "alarm_contract.RevenueBridge";
    static props = {
        period: Object,
        kinds: Array,
        currencyId: Number,
        onOpen: Function,
    };

    get bars() {
        const bars = bridgeBars(this.props.period, this.props.kinds, {
            opening: _t("Opening"),
            closing: _t("Closing"),
        });
        const axis = bridgeAxis(bars);
        return {
            cut: axis.cut
                ? _t(
                      "The axis begins at %s.",
                      moneyWords(axis.low, this.props.currencyId)
                  )
                : "",
            rows: bars.map((bar) => ({
                ...bar,
                ...placeBar(bar, axis),
                words: shortWords(bar.amount),
                money: moneyWords(bar.amount, this.props.currencyId),
            })),
        };
    }
}
