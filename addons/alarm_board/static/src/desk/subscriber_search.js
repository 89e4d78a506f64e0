import {Component, onMounted, useRef, useState} from "@odoo/owl";
import {useDebounced} from "@web/core/utils/timing";

const TYPING_MS = 150;

/** Find a subscriber by whatever a caller says; arrows and Enter choose. */
export class SubscriberSearch extends Component {
    static template = "alarm_board.SubscriberSearch";
    static props = {
        store: Object,
        onChoose: Function,
        focused: {type: Boolean, optional: true},
    };

    setup() {
        this.input = useRef("input");
        this.state = useState({text: "", rows: null, active: 0, failed: false});
        this.request = 0;
        this.search = useDebounced(() => this.load(), TYPING_MS);
        onMounted(() => this.props.focused && this.input.el.focus());
    }

    onInput(event) {
        this.state.text = event.target.value;
        this.search();
    }

    async load() {
        const request = ++this.request;
        const text = this.state.text.trim();
        if (text.length < 2) {
            this.state.rows = null;
            return;
        }
        try {
            const rows = await this.props.store.call("search_caller", [text], {
                model: "alarm.subscriber",
            });
            if (request === this.request) {
                Object.assign(this.state, {rows, active: 0, failed: false});
            }
        } catch {
            if (request === this.request) {
                Object.assign(this.state, {rows: null, failed: true});
            }
        }
    }

    get activeId() {
        const row = this.state.rows?.[this.state.active];
        return row && `o_alarm_found_${row.id}`;
    }

    onKeydown(event) {
        if (event.isComposing) {
            return;
        }
        const count = this.state.rows?.length || 0;
        if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            const step = event.key === "ArrowDown" ? 1 : -1;
            this.state.active = Math.max(
                0,
                Math.min(count - 1, this.state.active + step)
            );
        } else if (event.key === "Enter") {
            event.preventDefault();
            if (count) {
                this.props.onChoose(this.state.rows[this.state.active]);
            }
        }
    }
}
