import {Component, useState} from "@odoo/owl";
import {user} from "@web/core/user";
import {LinkState} from "../link_state/link_state";
import {serverNowMs} from "../model/age";
import {countByPriority} from "../model/queue_order";
import {PRIORITIES} from "../model/words";
import {headerParts} from "./header_parts";

/** What is always visible: who I am, what waits, who is connected, and that time goes on. */
export class BoardHeader extends Component {
    static template = "alarm_board.BoardHeader";
    static components = {LinkState};
    static props = {
        store: Object,
        onStartShift: Function,
        onToggleSound: Function,
        onHelp: Function,
    };

    setup() {
        this.priorities = PRIORITIES;
        this.parts = headerParts();
        this.userName = user.name;
        this.storeState = useState(this.props.store.state);
    }

    get counts() {
        void this.storeState.revision;
        return countByPriority(this.props.store.rows.open.values(), PRIORITIES);
    }

    get clock() {
        return luxon.DateTime.fromMillis(serverNowMs(this.storeState));
    }

    get soundIcon() {
        const {soundOn, soundRefused} = this.storeState;
        return soundOn && !soundRefused ? "fa-volume-up" : "fa-volume-off";
    }
}
