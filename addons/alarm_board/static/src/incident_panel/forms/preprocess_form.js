import {Component, onMounted, useRef, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {sectionProps} from "../panel_sections";

/** Nobody can tell yet: what is done from here before somebody is there. */
export class PreprocessForm extends Component {
    static template = "alarm_board.PreprocessForm";
    static props = sectionProps;

    setup() {
        this.input = useRef("input");
        this.draft = useState(this.props.desk.draft("preprocess", {note: ""}));
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
            (await desk.run("action_preprocess", [note], {form: "preprocess"}))
        ) {
            desk.board.focusPanel();
        }
    }
}

registry.category("alarm_board_forms").add("preprocess", {
    Component: PreprocessForm,
    label: _t("Cannot tell"),
    keyLabel: "U",
    sequence: 60,
    verb: "preprocess",
});
