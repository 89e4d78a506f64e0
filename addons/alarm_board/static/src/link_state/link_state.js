import {Component, useState} from "@odoo/owl";
import {formatAge} from "../model/age";
import {receiverLink} from "../model/link";

/** Small lamps of the header: the server, and each receiver with its last heartbeat. */
export class LinkState extends Component {
    static template = "alarm_board.LinkState";
    static props = {store: Object};

    setup() {
        this.storeState = useState(this.props.store.state);
    }

    get connection() {
        return this.props.store.connection;
    }

    get receivers() {
        void this.storeState.nowMs;
        return this.storeState.receivers.map((receiver) => {
            const {level, age} = receiverLink(receiver, this.props.store.serverNowMs);
            return {id: receiver.id, name: receiver.name, level, age: formatAge(age)};
        });
    }
}
