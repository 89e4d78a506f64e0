import {Component, onMounted, useExternalListener, useRef, useState} from "@odoo/owl";
import {keyName} from "../../model/keys";

/** Resolve with a code and a note; digits choose the code. */
export class ResolveForm extends Component {
    static template = "alarm_board.ResolveForm";
    static props = {
        resolutions: Array,
        draft: Object,
        busy: Boolean,
        onSubmit: Function,
        onCancel: Function,
    };

    setup() {
        this.form = useRef("form");
        this.draft = useState(this.props.draft);
        this.draft.code ??= null;
        this.draft.note ??= "";
        onMounted(() => this.form.el.focus());
        useExternalListener(window, "keydown", (event) => this.onKeydown(event));
    }

    /** Digits choose wherever the focus is, but not while a note is typed. */
    onKeydown(event) {
        if (event.target.closest?.("textarea, input:not([type='radio'])")) {
            return;
        }
        const resolution = this.props.resolutions[Number(keyName(event)) - 1];
        if (resolution) {
            event.preventDefault();
            this.choose(resolution.code);
        }
    }

    choose(code) {
        this.draft.code = code;
        this.form.el.querySelector("textarea").focus();
    }

    onNoteKeydown(event) {
        if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
            event.preventDefault();
            this.submit();
        }
    }

    submit() {
        if (this.draft.code && !this.props.busy) {
            this.props.onSubmit([this.draft.code, this.draft.note.trim()]);
        }
    }
}
