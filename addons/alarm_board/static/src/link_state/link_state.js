import {Component, useState} from "@odoo/owl";
import {formatAge, serverNowMs} from "../model/age";
import {receiverLink, serverLink} from "../model/link";
import {bridgeWords} from "../model/words";

/** Small lamps of the header: the server, and each receiver with its last heartbeat. */
export class LinkState extends Component {
    static template = "alarm_board.LinkState";
    static props = {store: Object};

    setup() {
        this.storeState = useState(this.props.store.state);
    }

    get connection() {
        return serverLink(this.storeState);
    }

    get receivers() {
        const nowMs = serverNowMs(this.storeState);
        return this.storeState.receivers.map((receiver) => {
            const {level, age} = receiverLink(receiver, nowMs);
            const bridges = receiver.bridges.map((bridge) => ({
                ...bridge,
                words: bridgeWords(bridge),
                level: bridge.heard ? (bridge.sending ? "sending" : "ready") : "silent",
            }));
            return {
                id: receiver.id,
                name: receiver.name,
                level,
                age: formatAge(age),
                bridges,
            };
        });
    }
}
