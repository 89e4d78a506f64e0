import {Component, onWillStart, useEffect, useState} from "@odoo/owl";
import {useService} from "@web/core/utils/hooks";
import {ageSeconds, formatAge, momentMs, serverNowMs} from "../model/age";
import {classLook} from "../model/event_class";
import {formatMoment} from "../model/words";

const MODELS = {on_test: "alarm.test.mode", unrestored: "alarm.unrestored"};
/** Milliseconds after which the list is fetched anew while it is looked at. */
const REFRESH_MS = 15000;
/** Ends so soon that somebody should ask whether the work is done, in seconds. */
const ENDS_SOON = 600;

/** What is on test, or what panels have not taken back: in the place of the queue. */
export class SideList extends Component {
    static template = "alarm_board.SideList";
    static props = {store: Object, list: String, text: String, onOpen: Function};

    setup() {
        this.action = useService("action");
        this.storeState = useState(this.props.store.state);
        this.state = useState({rows: null, failed: false});
        this.fetchedAt = 0;
        onWillStart(() => this.fetch());
        useEffect(
            () => {
                this.fetch();
            },
            () => [this.storeState.lists[this.props.list]]
        );
        useEffect(
            () => {
                // Not by the sign: somebody may set the clock back.
                if (Math.abs(Date.now() - this.fetchedAt) >= REFRESH_MS) {
                    this.fetch();
                }
            },
            () => [this.storeState.nowMs]
        );
    }

    async fetch() {
        if (Math.abs(Date.now() - this.fetchedAt) < 500) {
            return;
        }
        this.fetchedAt = Date.now();
        try {
            const model = MODELS[this.props.list];
            this.state.rows = await this.props.store.call("board_list", [], {model});
            this.state.failed = false;
        } catch {
            // The bar of the board says why; what is shown is the last that was heard.
            this.state.failed = true;
        }
    }

    get rows() {
        const wanted = this.props.text.toLowerCase().split(/\s+/).filter(Boolean);
        return (this.state.rows || []).filter((row) => {
            const text = Object.values(row).join(" ").toLowerCase();
            return wanted.every((word) => text.includes(word));
        });
    }

    get nowMs() {
        return serverNowMs(this.storeState);
    }

    icon(row) {
        return classLook(row.event_class).icon;
    }

    age(moment) {
        return formatAge(ageSeconds(momentMs(moment), this.nowMs));
    }

    /** How long a test still lasts. */
    left(row) {
        return formatAge(ageSeconds(this.nowMs, momentMs(row.ends_at)));
    }

    endsSoon(row) {
        return ageSeconds(this.nowMs, momentMs(row.ends_at)) < ENDS_SOON;
    }

    moment(iso) {
        return formatMoment(momentMs(iso), this.nowMs).replace(/:\d\d$/, "");
    }

    open(row) {
        if (row.incident_id && this.props.store.row(row.incident_id)) {
            this.props.onOpen(row.incident_id);
            return;
        }
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: row.incident_id ? "alarm.incident" : MODELS[this.props.list],
            res_id: row.incident_id || row.id,
            views: [[false, "form"]],
            target: "new",
        });
    }
}
