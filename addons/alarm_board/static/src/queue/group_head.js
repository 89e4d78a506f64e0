import {Component, useState} from "@odoo/owl";
import {ageLevel, ageSeconds, formatAge, serverNowMs, waitingSince} from "../model/age";
import {isWaiting} from "../model/queue_order";

/** The head of several incidents of one subscriber or customer. */
export class GroupHead extends Component {
    static template = "alarm_board.GroupHead";
    static props = {
        store: Object,
        group: Object,
        index: Number,
        selected: Boolean,
        onToggle: Function,
    };

    setup() {
        this.storeState = useState(this.props.store.state);
    }

    get age() {
        const {first} = this.props.group;
        return ageSeconds(waitingSince(first), serverNowMs(this.storeState));
    }

    get formattedAge() {
        return formatAge(this.age);
    }

    get ageClass() {
        const {first} = this.props.group;
        if (!isWaiting(first)) {
            return "o_alarm_age_attended";
        }
        return `o_alarm_age_${ageLevel(this.age, this.storeState.targets.of(first))}`;
    }
}
