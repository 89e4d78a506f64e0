import {Component, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {ageLevel, ageSeconds, formatAge, momentMs, serverNowMs} from "../model/age";
import {classLook} from "../model/event_class";
import {filterOf, isWaiting} from "../model/queue_order";
import {durationWords, formatMoment, STATE_LABELS} from "../model/words";
import {rowMarks} from "./row_marks";

/** One incident in the queue. */
export class QueueRow extends Component {
    static template = "alarm_board.QueueRow";
    static props = {
        store: Object,
        row: Object,
        index: Number,
        userId: Number,
        selected: Boolean,
        opened: Boolean,
        busy: Boolean,
        onOpen: Function,
        onTake: Function,
    };

    setup() {
        this.storeState = useState(this.props.store.state);
    }

    get words() {
        return this.props.store.words(this.props.row);
    }

    get icon() {
        return classLook(this.props.row.event.class).icon;
    }

    get delay() {
        return durationWords(this.props.row.delay);
    }

    get waiting() {
        return isWaiting(this.props.row);
    }

    get filter() {
        return filterOf(this.props.row, this.props.userId);
    }

    get stateLabel() {
        return STATE_LABELS[this.props.row.state];
    }

    get nowMs() {
        return serverNowMs(this.storeState);
    }

    get marks() {
        const {row, userId} = this.props;
        return rowMarks(row, {nowMs: this.nowMs, userId});
    }

    get holder() {
        const {row, userId} = this.props;
        return row.user && (row.user.id === userId ? _t("You") : row.user.name);
    }

    get age() {
        return ageSeconds(momentMs(this.props.row.queued_at), this.nowMs);
    }

    get formattedAge() {
        return formatAge(this.age);
    }

    /** Only what nobody attends to grows dangerous with age. */
    get ageClass() {
        if (!this.waiting && !this.overdue) {
            return "o_alarm_age_attended";
        }
        if (this.overdue) {
            return "o_alarm_age_danger";
        }
        const thresholds = this.storeState.thresholds[this.props.row.priority];
        return `o_alarm_age_${ageLevel(this.age, thresholds)}`;
    }

    get holdUntil() {
        const until = momentMs(this.props.row.held_until);
        return until && formatMoment(until, this.nowMs).slice(0, -3);
    }

    /** On hold for longer than was meant. */
    get overdue() {
        const {row} = this.props;
        return (
            row.state === "held" &&
            Boolean(row.held_until) &&
            momentMs(row.held_until) <= this.nowMs
        );
    }
}
