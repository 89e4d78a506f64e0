import {Component, onWillUnmount, useEffect, useState} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";
import {rowsInHand} from "../../model/in_hand";

const ASK_EVERY_MS = 60000;

/** In the header: one's own incidents that are resolved and not closed, so that none is left. */
export class Unclosed extends Component {
    static template = "alarm_board.Unclosed";
    static props = {store: Object};

    setup() {
        this.storeState = useState(this.props.store.state);
        this.state = useState({incidents: []});
        this.timer = browser.setInterval(() => this.ask(), ASK_EVERY_MS);
        onWillUnmount(() => browser.clearInterval(this.timer));
        useEffect(
            (loaded, inHand, idle) => {
                if (idle) {
                    this.ask();
                }
            },
            // Resolving takes a row out of one's hands; closing is a verb of one's own.
            () => [this.storeState.loaded, this.inHand, this.isIdle]
        );
    }

    get inHand() {
        // Read, so that a change of the rows is noticed.
        void this.storeState.revision;
        return rowsInHand(this.props.store.rows.open.values(), user.userId).length;
    }

    /** No verb of this board is on its way. */
    get isIdle() {
        return !Object.keys(this.storeState.pending).length;
    }

    get title() {
        return this.state.incidents
            .map(({name, subscriber}) => `${name} ${subscriber}`)
            .join("\n");
    }

    async ask() {
        if (!this.storeState.loaded) {
            return;
        }
        try {
            this.state.incidents = await this.props.store.call("board_unclosed");
        } catch {
            // That the server cannot be reached is on the screen already.
        }
    }

    open() {
        this.props.store.events.trigger("OPEN-UNCLOSED");
    }
}

registry
    .category("alarm_board_header")
    .add("unclosed", {Component: Unclosed, sequence: 40});

registry.category("alarm_board_commands").add("unclosed", {
    key: "w",
    keyLabel: "W",
    label: _t("Open the oldest of yours that is resolved and not closed"),
    sequence: 71,
    run: (board) => board.openUnclosed(),
});
