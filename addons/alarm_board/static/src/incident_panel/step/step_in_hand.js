import {Component, useEffect, useRef, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {useStepKeys} from "../../board/form_keys";
import {doingOf, formBefore} from "../../model/steps";
import {panelForm} from "../panel_forms";
import {sectionProps} from "../panel_sections";

export const STEP_ICONS = {
    call_premises: "fa-phone",
    call_contact: "fa-phone",
    verify_passcode: "fa-key",
    two_call: "fa-phone-square",
    listen: "fa-headphones",
    camera: "fa-video-camera",
    decide: "fa-question-circle",
    dispatch: "fa-car",
    police: "fa-shield",
    fire: "fa-fire-extinguisher",
    medical: "fa-ambulance",
    notify: "fa-bullhorn",
    instruct: "fa-comment",
    note: "fa-pencil",
};

/** The step that is to be done now: what to do, how it may end, a note. */
export class StepInHand extends Component {
    static template = "alarm_board.StepInHand";
    static props = sectionProps;

    setup() {
        this.root = useRef("root");
        this.note = useRef("note");
        this.deskState = useState(this.props.desk.state);
        this.draft = useState(
            this.props.desk.draft("step", {id: null, note: "", wanted: ""})
        );
        this.state = useState({leaving: false, told: ""});
        useStepKeys(this.props.desk, {
            outcome: (outcome) => this.finish(outcome),
            leave: () => this.startLeaving(),
            note: () => this.note.el?.focus(),
            choose: () => this.tell(_t("Choose how it ended: press its digit.")),
        });
        useEffect(
            (id) => {
                // What was typed belongs to the step that it was typed for.
                if (this.draft.id !== id) {
                    Object.assign(this.draft, {id, note: "", wanted: ""});
                    this.state.leaving = false;
                    this.state.told = "";
                }
                this.root.el?.scrollIntoView({block: "nearest"});
            },
            () => [this.step?.id]
        );
    }

    get step() {
        void this.deskState.chosenStepId;
        void this.props.detail;
        return this.props.desk.step;
    }

    get total() {
        return this.props.detail.plan.steps.length;
    }

    get icon() {
        return STEP_ICONS[this.step.kind] || "fa-circle-o";
    }

    get mayDo() {
        return this.props.desk.verbs.has("step");
    }

    get calling() {
        return this.props.form?.name === "call";
    }

    get saving() {
        const {saving} = this.deskState;
        return saving && saving.stepId === this.step.id ? saving.outcome : null;
    }

    get outOfOrder() {
        return this.step.state !== "current";
    }

    /** What Enter does with it, as the button says it. */
    get doing() {
        const doing = doingOf(this.step, {
            cameras: this.props.detail.cameras,
            hasForm: (name) => Boolean(panelForm(name)),
        });
        if (doing.form) {
            return panelForm(doing.form)?.doLabel || _t("Do it");
        }
        if (doing.camera) {
            return _t("Open the camera");
        }
        if (doing.note) {
            return _t("Write");
        }
        return doing.outcome ? _t("Done") : "";
    }

    leadsTo({goto, resolution}) {
        return goto ? `→ ${goto}` : resolution ? `→ ${resolution}` : "";
    }

    tell(text) {
        this.state.told = text;
    }

    doIt() {
        this.props.desk.doStep();
    }

    async finish(outcome) {
        const {desk} = this.props;
        if (!this.mayDo || !desk.board.isFree() || !desk.mayBegin()) {
            return;
        }
        const before = formBefore(this.step, outcome, {
            passcode: this.props.detail.passcode,
            hasForm: (name) => Boolean(panelForm(name)),
        });
        if (before) {
            desk.openForm(before);
            return;
        }
        const note = this.draft.note.trim();
        if (outcome.needs_note && !note) {
            this.draft.wanted = outcome.value;
            this.tell(_t("“%s”: say why, then press Enter.", outcome.label));
            this.note.el?.focus();
            return;
        }
        this.leaveNote();
        await desk.finishStep(this.step, outcome.value, note);
    }

    onNoteKeydown(event) {
        if (event.key !== "Enter" || event.shiftKey || event.isComposing) {
            return;
        }
        event.preventDefault();
        if (event.repeat) {
            return;
        }
        if (this.state.leaving) {
            this.leave();
            return;
        }
        const {outcomes} = this.step;
        const wanted =
            outcomes.find(({value}) => value === this.draft.wanted) ||
            outcomes.find(({value}) => value === "done");
        if (wanted) {
            this.finish(wanted);
        } else {
            this.note.el.blur();
            this.tell(_t("Choose how it ended: press its digit."));
        }
    }

    startLeaving() {
        this.state.leaving = true;
        this.tell(_t("Say why it is left out, then press Enter."));
        this.note.el?.focus();
    }

    /** What comes next is keys again: a digit is an outcome, not a part of the note. */
    leaveNote() {
        if (document.activeElement === this.note.el) {
            this.note.el.blur();
            this.props.desk.board.focusPanel();
        }
    }

    async leave() {
        const reason = this.draft.note.trim();
        if (reason) {
            this.leaveNote();
        }
        if (
            reason &&
            (await this.props.desk.run("action_step_skip", [this.step.id, reason]))
        ) {
            this.props.desk.state.chosenStepId = null;
        }
    }

    backToCurrent() {
        this.props.desk.state.chosenStepId = null;
    }
}
