import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {ageSeconds, momentMs} from "../model/age";
import {receiverLink} from "../model/link";
import {durationWords} from "../model/words";

/** Figures of what is not handled but watched. */
export class WallWatch extends Component {
    static template = "alarm_board.WallWatch";
    static props = {wall: Object, nowMs: Number};

    get longestTest() {
        const [first] = this.props.wall.tests.rows;
        return first ? this.age(first.since) : "";
    }

    get longestTestSite() {
        return this.props.wall.tests.rows[0]?.site || "";
    }

    get oldestWords() {
        const {oldest} = this.props.wall.unrestored;
        return oldest ? _t("oldest: %s", this.age(oldest)) : "";
    }

    get missedWords() {
        return _t("test reports: %s", this.props.wall.communication.test_missed);
    }

    get failures() {
        const {communication, unrestored} = this.props.wall;
        return communication.test_missed + unrestored.paths;
    }

    get receivers() {
        const lines = this.props.wall.receivers.map((receiver) => ({
            name: receiver.name,
            ...receiverLink(receiver, this.props.nowMs),
        }));
        const silent = lines.filter(({level}) => level === "silent");
        return {
            heard: lines.length - silent.length,
            all: lines.length,
            silent: silent.length,
            words: silent.length
                ? _t("silent: %s", silent.map(({name}) => name).join(", "))
                : _t("all are heard"),
        };
    }

    age(since) {
        return durationWords(ageSeconds(momentMs(since), this.props.nowMs));
    }
}
