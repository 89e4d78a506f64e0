import {onWillUpdateProps, useEffect, useRef, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useFormKeys} from "../../board/form_keys";
import {PanelForm} from "./panel_form";

/** The number of the party where none is on file: China's emergency numbers. */
const PUBLIC_NUMBERS = {police: "110", fire: "119", medical: "120"};

/** Write down that somebody outside was told: the police with their report number… */
export class NotifyForm extends PanelForm {
    static template = "alarm_board.NotifyForm";

    setup() {
        this.reference = useRef("reference");
        this.draft = useState(
            this.props.desk.draft("notify", {
                party: "",
                reference: "",
                note: "",
                needless: false,
            })
        );
        this.take(this.props.form.options);
        useFormKeys(this.props.desk, {
            digit: (digit) => this.choose(this.parties[digit - 1]),
        });
        // The line to type in is there only once a party is chosen.
        useEffect(
            () => this.reference.el?.focus(),
            () => [this.draft.party]
        );
        onWillUpdateProps(({form}) => {
            if (form !== this.props.form) {
                this.take(form.options);
            }
        });
    }

    take({party}) {
        if (party) {
            this.draft.party = party;
        }
    }

    get parties() {
        return this.props.detail.notices;
    }

    get chosen() {
        return this.parties.find(({party}) => party === this.draft.party);
    }

    get phone() {
        return this.chosen.phone || PUBLIC_NUMBERS[this.chosen.party] || "";
    }

    get complete() {
        const {party, needless, note, reference} = this.draft;
        // What was said, or under which number they have it: a bare tick proves nothing.
        return Boolean(party && (note.trim() || (!needless && reference.trim())));
    }

    choose(party) {
        if (party) {
            this.draft.party = party.party;
        }
    }

    submit() {
        if (!this.complete) {
            return;
        }
        const {party, needless} = this.draft;
        const note = this.draft.note.trim();
        const reference = this.draft.reference.trim();
        if (needless) {
            this.runAndClose("action_notify", [party, note, reference, true]);
        } else {
            const kinds = party === "customer" ? [party, "notify"] : [party];
            const stepId = this.props.desk.stepFor(...kinds);
            this.runAndClose("board_notify", [party, note, reference, stepId]);
        }
    }
}

registry.category("alarm_board_forms").add("notify", {
    Component: NotifyForm,
    label: _t("Police"),
    doLabel: _t("Write down the call"),
    keyLabel: "P",
    sequence: 50,
    verb: "notify",
});
