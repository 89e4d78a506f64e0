import {Component} from "@odoo/owl";
import {classLook} from "../../model/event_class";
import {durationWords} from "../../model/words";

/** Signals, the newest first. */
export class SignalList extends Component {
    static template = "alarm_board.SignalList";
    static props = {desk: Object, signals: Array};

    icon(signal) {
        return classLook(signal.class).icon;
    }

    moment(iso) {
        return this.props.desk.moment(iso);
    }

    /** How long it took until the panel took it back. */
    lasted(signal) {
        return durationWords(
            (Date.parse(signal.restored_at) - Date.parse(signal.at)) / 1000
        );
    }

    delay(signal) {
        return durationWords(signal.delay);
    }
}
