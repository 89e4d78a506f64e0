import {Component, useState} from "@odoo/owl";
import {ageSeconds, formatAge, serverNowMs} from "../model/age";
import {receiverLink, serverLink} from "../model/link";
import {formatMoment} from "../model/words";

/** Milliseconds for which the board says that it was wrong, once it is right again. */
const TELL_MS = 20000;

/** Loud bars across the board, for as long as what it shows cannot be relied upon. */
export class LinkBars extends Component {
    static template = "alarm_board.LinkBars";
    static props = {store: Object};

    setup() {
        this.storeState = useState(this.props.store.state);
    }

    get connection() {
        return serverLink(this.storeState);
    }

    get faded() {
        return Math.floor(this.storeState.nowMs / 1000) % 2 === 1;
    }

    get heardAge() {
        const {heardAt, nowMs} = this.storeState;
        return formatAge(ageSeconds(heardAt, nowMs));
    }

    /** While the board catches up, and for a time after: since when it was not right. */
    get gap() {
        const {gap, nowMs} = this.storeState;
        if (!gap || this.connection === "lost") {
            return null;
        }
        if (gap.toMs !== null && nowMs - gap.toMs > TELL_MS) {
            return null;
        }
        return {
            from: formatMoment(gap.fromMs, nowMs),
            to: gap.toMs === null ? "" : formatMoment(gap.toMs, nowMs),
            missed: gap.missed,
        };
    }

    get silent() {
        const nowMs = serverNowMs(this.storeState);
        return this.storeState.receivers
            .map((receiver) => ({
                ...receiverLink(receiver, nowMs),
                id: receiver.id,
                name: receiver.name,
            }))
            .filter(({level}) => level === "silent")
            .map((receiver) => ({...receiver, age: formatAge(receiver.age)}));
    }
}
