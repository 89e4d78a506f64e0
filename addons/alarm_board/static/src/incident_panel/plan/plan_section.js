import {Component, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {splitSteps} from "../../model/steps";
import {sectionProps} from "../panel_sections";
import {STEP_ICONS} from "../step/step_in_hand";

/** The plan as a list: what is done in grey, what follows, and why it is this plan. */
export class PlanSection extends Component {
    static template = "alarm_board.PlanSection";
    static props = sectionProps;

    setup() {
        this.icons = STEP_ICONS;
        this.deskState = useState(this.props.desk.state);
        this.state = useState({allDone: false});
    }

    get plan() {
        return this.props.detail.plan;
    }

    get steps() {
        return splitSteps(this.plan);
    }

    /** Of what is over the last, unless all are asked for. */
    get doneShown() {
        const {done} = this.steps;
        return this.state.allDone ? done : done.slice(-2);
    }

    get doneHidden() {
        return this.steps.done.length - this.doneShown.length;
    }

    get inHandId() {
        void this.deskState.chosenStepId;
        return this.props.desk.step?.id;
    }

    isSaving(step) {
        return this.deskState.saving?.stepId === step.id;
    }

    get mayDo() {
        return this.props.desk.verbs.has("step");
    }

    get maySwitch() {
        return Boolean(this.plan.offered) && this.props.desk.verbs.has("plan");
    }

    choose(step) {
        if (this.mayDo) {
            this.props.desk.chooseStep(step);
        }
    }
}

registry.category("alarm_board_panel_sections").add("plan", {
    Component: PlanSection,
    column: "work",
    sequence: 30,
    isShown: (detail) => Boolean(detail.plan),
});
