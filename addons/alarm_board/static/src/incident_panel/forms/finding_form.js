import {onMounted, useRef, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useFormKeys} from "../../board/form_keys";
import {PanelForm} from "./panel_form";

/** What who was sent has found at the site, as the dispatcher hears it. */
export class FindingForm extends PanelForm {
    static template = "alarm_board.FindingForm";

    setup() {
        this.form = useRef("form");
        this.note = useRef("note");
        this.draft = useState(
            this.props.desk.draft("finding", {finding: "", note: ""})
        );
        useFormKeys(this.props.desk, {
            digit: (digit) => this.choose(this.choices[digit - 1]),
        });
        onMounted(() => this.form.el.focus());
    }

    get choices() {
        return this.props.detail.finding.choices;
    }

    get complete() {
        return Boolean(this.draft.finding && this.draft.note.trim());
    }

    choose(choice) {
        if (choice) {
            this.draft.finding = choice.value;
            this.note.el.focus();
        }
    }

    submit() {
        const {finding, note} = this.draft;
        if (this.complete) {
            this.runAndClose("action_report_finding", [finding, note.trim()]);
        }
    }
}

registry.category("alarm_board_forms").add("finding", {
    Component: FindingForm,
    label: _t("Finding"),
    keyLabel: "F",
    sequence: 65,
    verb: "finding",
    isShown: (detail) => Boolean(detail?.times.dispatched_at),
});
