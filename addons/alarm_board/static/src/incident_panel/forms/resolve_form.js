import {onMounted, useRef, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useFormKeys} from "../../board/form_keys";
import {PanelForm} from "./panel_form";

/** Say how it ended, with a code and a note; what closing will ask for is shown with it. */
export class ResolveForm extends PanelForm {
    static template = "alarm_board.ResolveForm";

    setup() {
        this.form = useRef("form");
        this.note = useRef("note");
        const {suggested} = this.props.detail.closing;
        this.draft = useState(
            this.props.desk.draft("resolve", {code: suggested || null, note: ""})
        );
        useFormKeys(this.props.desk, {
            digit: (digit) => {
                const resolution = this.resolutions[digit - 1];
                if (resolution) {
                    this.choose(resolution.code);
                }
            },
            enter: () => (this.draft.code ? this.submit() : null),
        });
        onMounted(() => this.form.el.focus());
    }

    get resolutions() {
        return this.props.detail.resolutions;
    }

    get chosen() {
        return this.resolutions.find(({code}) => code === this.draft.code);
    }

    /** What closing asks for with what is chosen, in words. */
    get asks() {
        const {note_required, tells, loss} = this.chosen;
        return [note_required && _t("a note"), ...tells, loss && _t("the loss")]
            .filter(Boolean)
            .join(", ");
    }

    /** What is missing whatever is chosen. */
    get missing() {
        return this.props.detail.closing.missing.filter(({gate}) =>
            ["steps", "signals", "passcode", "finding", ""].includes(gate)
        );
    }

    choose(code) {
        this.draft.code = code;
        this.note.el.focus();
    }

    async submit() {
        const {desk} = this.props;
        if (!this.draft.code) {
            return;
        }
        const {code, note} = this.draft;
        if (await desk.run("action_resolve", [code, note.trim()], {form: "resolve"})) {
            // What lacks nothing is closed with it: nothing is left to be done.
            if (!desk.state.detail.closing.missing.length) {
                await desk.run("action_close");
            } else {
                desk.board.focusPanel();
            }
        }
    }
}

registry.category("alarm_board_forms").add("resolve", {
    Component: ResolveForm,
    label: _t("Resolve"),
    keyLabel: "X",
    sequence: 10,
    primary: true,
    verb: "resolve",
});
