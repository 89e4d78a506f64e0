import {Component, onMounted, useRef, useState} from "@odoo/owl";

const MINUTES = [5, 10, 15, 30, 60];

/** Put an incident aside for some minutes, with the reason. */
export class HoldForm extends Component {
    static template = "alarm_board.HoldForm";
    static props = {
        draft: Object,
        busy: Boolean,
        onSubmit: Function,
        onCancel: Function,
    };

    setup() {
        this.choices = MINUTES;
        this.minutes = useRef("minutes");
        this.draft = useState(this.props.draft);
        this.draft.minutes ??= 10;
        this.draft.reason ??= "";
        onMounted(() => this.minutes.el.select());
    }

    get complete() {
        return this.draft.minutes >= 1 && Boolean(this.draft.reason.trim());
    }

    submit() {
        if (this.complete && !this.props.busy) {
            this.props.onSubmit([this.draft.minutes, this.draft.reason.trim()]);
        }
    }
}
