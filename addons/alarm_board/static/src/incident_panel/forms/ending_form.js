import {registry} from "@web/core/registry";
import {OneNoteForm} from "./panel_form";

/** More on how it ended, where the resolution asks for a note that was not written. */
export class EndingForm extends OneNoteForm {
    static template = "alarm_board.EndingForm";
    static method = "action_resolution_note";
}

registry
    .category("alarm_board_forms")
    .add("ending", {Component: EndingForm, verb: "close"});
