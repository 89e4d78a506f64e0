import {Component, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {
    ageLevel,
    ageSeconds,
    formatAge,
    momentMs,
    serverNowMs,
    waitingSince,
} from "../model/age";
import {classLook} from "../model/event_class";
import {boardMarks} from "../model/marks";
import {withPending} from "../model/pending";
import {filterOf, isWaiting} from "../model/queue_order";
import {durationWords, formatMoment, STATE_LABELS} from "../model/words";
import {rowMarks} from "./row_marks";

/** One incident in the queue. */
export class QueueRow extends Component {
    static template = "alarm_board.QueueRow";
    static props = {
        store: Object,
        row: Object,
        /** The verb on its way to the server, if any. */
        pending: {type: String, optional: true},
        index: Number,
        inGroup: Boolean,
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

    /** As it is shown: while a verb is on its way already as it is to become. */
    get row() {
        const {row, pending, store} = this.props;
        return withPending(row, pending, store.me);
    }

    get words() {
        return this.props.store.words(this.props.row);
    }

    get icon() {
        return classLook(this.props.row.event.class).icon;
    }

    get late() {
        return _t("delivered late, %s", durationWords(this.props.row.delay));
    }

    get waiting() {
        return isWaiting(this.row);
    }

    get filter() {
        return filterOf(this.row, this.props.userId);
    }

    get stateLabel() {
        return STATE_LABELS[this.row.state];
    }

    get nowMs() {
        return serverNowMs(this.storeState);
    }

    get marks() {
        const {row, userId} = this.props;
        const {nowMs} = this;
        const own = boardMarks(this.row, {nowMs, target: this.target});
        return [...own, ...rowMarks(row, {nowMs, userId})];
    }

    get holder() {
        const {row} = this;
        const {userId} = this.props;
        return row.user && (row.user.id === userId ? _t("You") : row.user.name);
    }

    get age() {
        return ageSeconds(momentMs(this.props.row.queued_at), this.nowMs);
    }

    get formattedAge() {
        return formatAge(this.age);
    }

    get target() {
        return this.storeState.targets.of(this.props.row);
    }

    /** Only what nobody attends to grows dangerous with age: in the queue, on hold for
     *  longer than was meant, or in hand while nothing is done about it. */
    get ageClass() {
        if (this.overdue) {
            return "o_alarm_age_danger";
        }
        if (this.waiting) {
            const waited = ageSeconds(waitingSince(this.props.row), this.nowMs);
            return `o_alarm_age_${ageLevel(waited, this.target)}`;
        }
        return this.idle ? "o_alarm_age_idle" : "o_alarm_age_attended";
    }

    get idle() {
        const {row} = this;
        return (
            ["working", "dispatched"].includes(row.state) &&
            !row.pending &&
            ageSeconds(momentMs(row.acted_at), this.nowMs) >= this.target.idle
        );
    }

    get ageTitle() {
        if (this.overdue) {
            return _t("On hold for longer than was meant").toString();
        }
        return this.idle ? _t("In hand, but nothing is being done").toString() : "";
    }

    get holdUntil() {
        const until = momentMs(this.row.held_until);
        return until && formatMoment(until, this.nowMs).slice(0, -3);
    }

    /** On hold for longer than was meant. */
    get overdue() {
        const {row} = this;
        return (
            row.state === "held" &&
            Boolean(row.held_until) &&
            momentMs(row.held_until) <= this.nowMs
        );
    }
}
