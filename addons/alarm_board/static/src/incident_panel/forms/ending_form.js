import {Component, onMounted, useRef, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {sectionProps} from "../panel_sections";

/** More on how it ended, where the resolution asks for a note that was not written. */
export class EndingForm extends Component {
    static template = "alarm_board.EndingForm";
    static props = sectionProps;

    setup() {
        this.input = useRef("input");
        this.draft = useState(this.props.desk.draft("ending", {note: ""}));
        onMounted(() => this.input.el.focus());
    }

    onKeydown(event) {
        if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
            event.preventDefault();
            this.submit();
        }
    }

    async submit() {
        const {desk, busy} = this.props;
        const note = this.draft.note.trim();
        if (
            note &&
            !busy &&
            (await desk.run("action_resolution_note", [note], {form: "ending"}))
        ) {
            desk.board.focusPanel();
        }
    }
}

registry
    .category("alarm_board_forms")
    .add("ending", {Component: EndingForm, verb: "close"});
