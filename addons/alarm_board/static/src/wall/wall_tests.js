import {Component} from "@odoo/owl";
import {ageSeconds, momentMs} from "../model/age";
import {durationWords} from "../model/words";
import {shortTime} from "./wall_words";

const SHOWN = 4;

/** Sites whose alarms are only logged at this moment, the longest first. */
export class WallTests extends Component {
    static template = "alarm_board.WallTests";
    static props = {tests: Object, nowMs: Number};

    get lines() {
        const {tests, nowMs} = this.props;
        return tests.rows.slice(0, SHOWN).map((test) => ({
            ...test,
            age: durationWords(ageSeconds(momentMs(test.since), nowMs)),
            ends: shortTime(test.until, nowMs),
        }));
    }
}
