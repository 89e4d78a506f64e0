import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {OneNoteForm} from "./panel_form";

/** What was lost or damaged in a real alarm, or that nothing was. */
export class LossForm extends OneNoteForm {
    static template = "alarm_board.LossForm";
    static method = "action_loss";

    get defaults() {
        const {note, amount} = this.props.detail.loss;
        return {note, amount: amount || 0};
    }

    get parameters() {
        return [...super.parameters, Number(this.draft.amount) || 0];
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
