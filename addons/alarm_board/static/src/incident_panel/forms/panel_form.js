import {Component, onMounted, useRef, useState} from "@odoo/owl";
import {sectionProps} from "../panel_sections";

/** A form that opens in the panel: Enter sends it, and then the panel has the focus again. */
export class PanelForm extends Component {
    static props = sectionProps;

    /**
     * Not with Shift, which begins a new line, not what ends a word of an input method, and
     * not a key that is held down: it may be what has opened the form.
     */
    onKeydown(event, send = () => this.submit()) {
        if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
            event.preventDefault();
            if (!event.repeat) {
                send();
            }
        }
    }

    /**
     * @param {string} method
     * @param {Array} parameters
     */
    async runAndClose(method, parameters) {
        const {desk, form} = this.props;
        if (await desk.run(method, parameters, {form: form.name})) {
            desk.board.focusPanel();
        }
    }
}

/** A form of one note, which a verb takes. */
export class OneNoteForm extends PanelForm {
    static method = "";

    setup() {
        const {desk, form} = this.props;
        this.input = useRef("input");
        this.draft = useState(desk.draft(form.name, this.defaults));
        onMounted(() => this.input.el.focus());
    }

    get defaults() {
        return {note: ""};
    }

    get parameters() {
        return [this.draft.note.trim()];
    }

    submit() {
        if (this.draft.note.trim()) {
            this.runAndClose(this.constructor.method, this.parameters);
        }
    }
}
