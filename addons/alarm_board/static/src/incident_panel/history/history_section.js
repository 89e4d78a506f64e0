import {Component, onWillStart, onWillUpdateProps, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {foldRestores} from "../../model/history";
import {sectionProps} from "../panel_sections";
import {SignalList} from "./signal_list";

/** Days that are looked back, further with each asking. */
const SPANS = [7, 30, 90, 365, 3650];

/** What the premises have sent before, the archive included. */
export class HistorySection extends Component {
    static template = "alarm_board.HistorySection";
    static components = {SignalList};
    static props = sectionProps;

    setup() {
        this.state = useState({span: 0, history: null, failed: false, asking: false});
        onWillStart(() => {
            this.ask();
        });
        onWillUpdateProps((next) => {
            // By the newest one: of a flood no more than so many are shown.
            if (next.detail.signals[0]?.id !== this.props.detail.signals[0]?.id) {
                this.ask();
            }
        });
    }

    get signals() {
        return foldRestores(this.state.history.signals);
    }

    get nextSpan() {
        return SPANS[this.state.span + 1];
    }

    async ask() {
        this.state.asking = true;
        try {
            const days = SPANS[this.state.span];
            const history = await this.props.desk.read("board_history", [days]);
            if (days === SPANS[this.state.span]) {
                this.state.history = history;
                this.state.failed = false;
            }
        } catch {
            // Told where it is missing.
            this.state.failed = true;
        } finally {
            this.state.asking = false;
        }
    }

    more() {
        this.state.span += 1;
        this.ask();
    }
}

registry.category("alarm_board_panel_sections").add("history", {
    Component: HistorySection,
    column: "history",
    sequence: 20,
    isShown: (detail) => Boolean(detail.subscriber),
});
