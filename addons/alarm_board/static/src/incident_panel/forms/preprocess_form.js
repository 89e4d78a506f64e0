import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {OneNoteForm} from "./panel_form";

/** Nobody can tell yet: what is done from here before somebody is there. */
export class PreprocessForm extends OneNoteForm {
    static template = "alarm_board.PreprocessForm";
    static method = "action_preprocess";
}

registry.category("alarm_board_forms").add("preprocess", {
    Component: PreprocessForm,
    label: _t("Cannot tell"),
    keyLabel: "U",
    sequence: 60,
    verb: "preprocess",
});
