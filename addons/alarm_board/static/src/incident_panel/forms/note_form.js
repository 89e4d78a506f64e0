import {Component, onMounted, useRef, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {fittingTemplates, numberedTemplate} from "../../model/templates";
import {sectionProps} from "../panel_sections";

/**
 * A note to the incident's log; / offers templates. What is typed is kept until it is sent,
 * also when the page is loaded anew.
 */
export class NoteForm extends Component {
    static template = "alarm_board.NoteForm";
    static props = sectionProps;

    setup() {
        this.input = useRef("input");
        this.draft = useState(this.props.desk.drafts.note);
        this.state = useState({chosen: 0});
        onMounted(() => {
            if (this.props.form.options.templates && !this.draft.text) {
                this.props.desk.keepNote("/");
            }
            this.input.el.focus();
        });
    }

    /** Templates that fit, null while none is looked for. */
    get templates() {
        const {templates} = this.props.detail;
        return templates.length ? fittingTemplates(this.draft.text, templates) : null;
    }

    onInput(event) {
        const {desk, detail} = this.props;
        const template = numberedTemplate(event.target.value, detail.templates);
        this.state.chosen = 0;
        desk.keepNote(template || event.target.value);
    }

    onKeydown(event) {
        const offered = this.templates;
        const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
        if (offered?.length && step) {
            event.preventDefault();
            this.state.chosen =
                (this.state.chosen + step + offered.length) % offered.length;
        } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
            event.preventDefault();
            if (event.repeat) {
                return;
            }
            if (offered?.length) {
                this.insert(offered[this.state.chosen]);
            } else {
                this.submit();
            }
        }
    }

    insert(template) {
        this.props.desk.keepNote(template);
        this.input.el.focus();
    }

    async submit() {
        const {desk} = this.props;
        const text = this.draft.text.trim();
        if (!text || this.templates) {
            return;
        }
        await desk.run("action_note", [text], {
            then: () => {
                desk.keepNote("");
                desk.closeForm("note");
                desk.board.focusPanel();
            },
        });
    }
}

registry.category("alarm_board_forms").add("note", {
    Component: NoteForm,
    label: _t("Note"),
    keyLabel: "N",
    sequence: 40,
    verb: "note",
    // What is seen can be written down at any time.
    always: true,
});
