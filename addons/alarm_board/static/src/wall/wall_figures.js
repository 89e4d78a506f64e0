import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {CLASS_LABELS} from "../storm/storm_words";
import {figureLevels, secondsWords, shareWords} from "./wall_model";
import {shortTime} from "./wall_words";

const SHOWN = 6;

/** How fast alarms were taken since the shift began, against the targets. */
export class WallFigures extends Component {
    static template = "alarm_board.WallFigures";
    static props = {figures: Array, since: String};

    get lines() {
        return this.props.figures.slice(0, SHOWN).map((figure) => ({
            key: figure.class || "all",
            label: figure.class ? CLASS_LABELS[figure.class] : _t("All"),
            count: figure.count,
            mean: secondsWords(figure.mean),
            p80: secondsWords(figure.p80),
            p985: secondsWords(figure.p985),
            target: figure.target ? secondsWords(figure.target) : "",
            within: shareWords(figure.within),
            levels: figureLevels(figure),
        }));
    }

    get titleWords() {
        return _t("Response since %s", shortTime(this.props.since, Date.now()));
    }

    get callWords() {
        const [all] = this.props.figures;
        return all?.calls
            ? _t("First call: %(mean)s on average, p80 %(p80)s", {
                  mean: secondsWords(all.call_mean),
                  p80: secondsWords(all.call_p80),
              })
            : "";
    }
}
