import {Component, useEffect, useRef, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {sectionProps} from "../panel_sections";

const RESULTS = {
    ok: _t("Correct"),
    wrong: _t("Wrong"),
    locked: _t("Locked: too many wrong words"),
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
        // Not a draft: what is left is forgotten.
        this.state = useState({word: "", contactId: 0, answer: null});
        useEffect(
            (open) => {
                if (open) {
                    this.input.el?.focus();
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

    async check() {
        const {desk, form} = this.props;
        const {word, contactId} = this.state;
        this.state.word = "";
        this.input.el.value = "";
        if (!word.trim() || !desk.mayBegin()) {
            return;
        }
        const answer = await desk.run("action_verify_passcode", [word, contactId || false]);
        if (answer === false) {
            return;
        }
        this.state.answer = answer;
        if (form?.name === "passcode" && ["ok", "duress"].includes(answer.result)) {
            desk.closeForm();
            desk.board.focusPanel();
        }
    }
}

registry.category("alarm_board_panel_sections").add("passcode", {
    Component: PasscodeSection,
    column: "work",
    sequence: 40,
    isShown: (detail) => Boolean(detail.subscriber),
});
