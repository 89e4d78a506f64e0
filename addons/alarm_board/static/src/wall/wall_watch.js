import {Component} from "@odoo/owl";
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

    get oldestUnrestored() {
        const {oldest} = this.props.wall.unrestored;
        return oldest ? this.age(oldest) : "";
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
            silent: silent.map(({name}) => name).join(", "),
        };
    }

    age(since) {
        return durationWords(ageSeconds(momentMs(since), this.props.nowMs));
    }
}
