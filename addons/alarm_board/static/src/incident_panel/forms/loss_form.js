import {Component, onMounted, useRef, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {sectionProps} from "../panel_sections";

/** What was lost or damaged in a real alarm, or that nothing was. */
export class LossForm extends Component {
    static template = "alarm_board.LossForm";
    static props = sectionProps;

    setup() {
        this.input = useRef("input");
        const {note, amount} = this.props.detail.loss;
        this.draft = useState(
            this.props.desk.draft("loss", {note, amount: amount || 0})
        );
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
        const amount = Number(this.draft.amount) || 0;
        if (
            note &&
            !busy &&
            (await desk.run("action_loss", [note, amount], {form: "loss"}))
        ) {
            desk.board.focusPanel();
        }
    }
}

registry.category("alarm_board_forms").add("loss", {
    Component: LossForm,
    label: _t("Loss"),
    keyLabel: "L",
    sequence: 68,
    verb: "loss",
    isShown: (detail) => Boolean(detail?.subscriber),
});
