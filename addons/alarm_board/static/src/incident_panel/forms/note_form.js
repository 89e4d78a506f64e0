import {Component, useEffect, useRef, useState} from "@odoo/owl";

/** A note to the incident's log. What is typed lives in the draft until it is sent. */
export class NoteForm extends Component {
    static template = "alarm_board.NoteForm";
    static props = {
        draft: Object,
        focused: Boolean,
        busy: Boolean,
        onFocus: Function,
        onSubmit: Function,
    };

    setup() {
        this.input = useRef("input");
        this.state = useState({text: this.props.draft.note});
        useEffect(
            (focused) => {
                if (focused) {
                    this.input.el.focus();
                }
            },
            () => [this.props.focused]
        );
    }

    onInput(event) {
        this.state.text = this.props.draft.note = event.target.value;
    }

    onKeydown(event) {
        if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
            event.preventDefault();
            this.submit();
        }
    }

    async submit() {
        const text = this.state.text.trim();
        if (text && !this.props.busy && (await this.props.onSubmit([text]))) {
            this.state.text = this.props.draft.note = "";
            this.input.el?.blur();
        }
    }
}
