import {Component, useState} from "@odoo/owl";
import {ageSeconds, formatAge, serverNowMs} from "../model/age";
import {receiverLink, serverLink} from "../model/link";

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

    get heardAge() {
        const {heardAt, nowMs} = this.storeState;
        return formatAge(ageSeconds(heardAt, nowMs));
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
