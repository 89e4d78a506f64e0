import {Component, useState} from "@odoo/owl";
import {ageSeconds, formatAge, serverNowMs} from "../model/age";
import {receiverLink, serverLink} from "../model/link";
import {bridgeWords} from "../model/words";

/** Receivers that stand in the header; those of a larger centre are a click away. */
const SHOWN = 4;

/** Small lamps of the header: the server, and each receiver with its last heartbeat. */
export class LinkState extends Component {
    static template = "alarm_board.LinkState";
    static props = {store: Object};

    setup() {
        this.storeState = useState(this.props.store.state);
        this.state = useState({opened: false});
    }

    get connection() {
        return serverLink(this.storeState);
    }

    get heardAge() {
        const {heardAt, nowMs} = this.storeState;
        return formatAge(ageSeconds(heardAt, nowMs));
    }

    /** Those in trouble first: they are never among the rest. */
    get receivers() {
        const nowMs = serverNowMs(this.storeState);
        const all = this.storeState.receivers.map((receiver) =>
            this.receiver(receiver, nowMs)
        );
        const silent = all.filter(({level}) => level === "silent");
        const others = all.filter(({level}) => level !== "silent");
        const sorted = [...silent, ...others];
        const shown = Math.max(SHOWN, silent.length);
        return {
            all: sorted,
            shown: sorted.slice(0, shown),
            rest: sorted.slice(shown),
            level: sorted[0]?.level,
            age: formatAge(Math.max(...sorted.map(({seconds}) => seconds || 0))),
        };
    }

    receiver(receiver, nowMs) {
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
            seconds: age,
            age: formatAge(age),
            bridges,
        };
    }
}
