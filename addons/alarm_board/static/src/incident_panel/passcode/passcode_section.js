import {Component, useEffect, useRef, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {sectionProps} from "../panel_sections";

const RESULTS = {
    ok: _t("Correct"),
    wrong: _t("Wrong"),
    locked: _t("Locked: too many wrong words"),
};

/** What is said by hand, where no word was checked. */
const BY_HAND = {
    none: _t("Not verified"),
    wrong: _t("Wrong"),
    ok: _t("Believed"),
};

/**
 * Checks the word that a caller says. It is never shown and never kept: the field is
 * emptied before the answer is there. A duress word looks like a right one, but for a
 * silent mark.
 */
export class PasscodeSection extends Component {
    static template = "alarm_board.PasscodeSection";
    static props = sectionProps;

    setup() {
        this.input = useRef("input");
        this.note = useRef("note");
        // Not a draft: what is left is forgotten.
        this.state = useState({word: "", contactId: 0, answer: null});
        this.draft = useState(
            this.props.desk.draft("passcode", {byHand: false, result: "none", note: ""})
        );
        useEffect(
            (open) => {
                if (open) {
                    this.draft.byHand = !this.passcode.registered;
                    (this.input.el || this.note.el)?.focus();
                }
            },
            () => [this.props.form?.name === "passcode"]
        );
    }

    get persons() {
        return this.props.detail.calls.persons.filter((person) => person.contact_id);
    }

    get passcode() {
        return this.props.detail.passcode;
    }

    get answer() {
        const {answer} = this.state;
        if (!answer) {
            return null;
        }
        const silent = answer.result === "duress";
        const result = silent ? "ok" : answer.result;
        return {...answer, result, silent, label: RESULTS[result] || result};
    }

    get mayCheck() {
        return this.props.desk.verbs.has("passcode");
    }

    /** That a word was right is checked, and believed only where there is none on file. */
    get byHand() {
        const {registered} = this.passcode;
        return Object.entries(BY_HAND).filter(
            ([result]) => result !== "ok" || !registered
        );
    }

    async say() {
        const {desk} = this.props;
        const {result, note} = this.draft;
        if (note.trim()) {
            await desk.run("action_passcode", [result, note.trim()], {
                then: () => {
                    this.draft.byHand = false;
                    this.draft.note = "";
                    this.close();
                },
            });
        }
    }

    close() {
        const {desk, form} = this.props;
        if (form?.name === "passcode") {
            desk.closeForm("passcode");
            document.activeElement?.blur();
            desk.board.focusPanel();
        }
    }

    async check() {
        const {desk} = this.props;
        if (!desk.board.isFree()) {
            return;
        }
        const {word, contactId} = this.state;
        this.state.word = "";
        this.input.el.value = "";
        if (!word.trim() || !desk.mayBegin()) {
            return;
        }
        const parameters = [
            word,
            contactId || false,
            // A word said in the call that the plan asks for ends that step.
            desk.stepFor("verify_passcode", "call_premises", "call_contact"),
        ];
        await desk.run("action_verify_passcode", parameters, {
            then: (answer) => {
                this.state.answer = answer;
                if (["ok", "duress"].includes(answer.result)) {
                    this.close();
                }
            },
        });
    }
}

registry.category("alarm_board_panel_sections").add("passcode", {
    Component: PasscodeSection,
    column: "work",
    sequence: 40,
    isShown: (detail) => Boolean(detail.subscriber),
});
