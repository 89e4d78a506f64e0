import {onMounted, onWillStart, useRef, useState} from "@odoo/owl";
import {useFormKeys} from "@alarm_board/board/form_keys";
import {PanelForm} from "@alarm_board/incident_panel/forms/panel_form";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {distanceWords, proposed} from "../responders";

/** Who is sent: the nearest suitable first, chosen already; digits choose others. */
export class DispatchForm extends PanelForm {
    static template = "alarm_board_dispatch.DispatchForm";

    setup() {
        this.form = useRef("form");
        this.note = useRef("note");
        this.draft = useState(
            this.props.desk.draft("dispatch", {note: "", reason: ""})
        );
        this.state = useState({proposal: null, failed: "", chosen: [], nobody: false});
        useFormKeys(this.props.desk, {
            digit: (digit) => this.toggle(this.candidates[digit - 1]),
            enter: () => this.submit(),
        });
        onMounted(() => this.form.el.focus());
        onWillStart(() => {
            this.ask();
        });
    }

    get candidates() {
        return this.state.proposal?.candidates || [];
    }

    /** The order to which responders are added, none for a new one. */
    get order() {
        const {orderId} = this.props.form.options;
        return this.props.detail.orders.find(({id}) => id === orderId);
    }

    get lacking() {
        return this.order
            ? 0
            : this.state.proposal.crew_size - this.state.chosen.length;
    }

    /** The step of the plan that asks for it: without an order it ends with a reason. */
    get stepId() {
        return this.props.desk.stepFor("dispatch");
    }

    distance(candidate) {
        return distanceWords(candidate.distance);
    }

    async ask() {
        try {
            const proposal = await this.props.desk.read("board_propose");
            const asked = (this.order?.members || []).map(({id}) => id);
            proposal.candidates = proposal.candidates.filter(
                ({id}) => !asked.includes(id)
            );
            this.state.proposal = proposal;
            this.state.chosen = proposed(
                proposal.candidates,
                this.order ? 1 : proposal.crew_size
            );
        } catch (error) {
            this.state.failed = error.data?.message || _t("The server did not answer.");
        }
    }

    isChosen({id}) {
        return this.state.chosen.includes(id);
    }

    toggle(candidate) {
        if (candidate) {
            const {chosen} = this.state;
            this.state.chosen = this.isChosen(candidate)
                ? chosen.filter((id) => id !== candidate.id)
                : [...chosen, candidate.id];
        }
    }

    submit() {
        const {chosen, proposal} = this.state;
        if (!proposal || !chosen.length || this.lacking > 0) {
            return;
        }
        if (this.order) {
            this.runAndClose("board_order_add", [this.order.id, chosen]);
        } else {
            const note = this.draft.note.trim();
            this.runAndClose("action_dispatch", [chosen, note, this.stepId]);
        }
    }

    sendNobody() {
        const reason = this.draft.reason.trim();
        if (reason) {
            this.runAndClose("action_step_done", [this.stepId, "unavailable", reason]);
        }
    }
}

registry.category("alarm_board_forms").add("dispatch", {
    Component: DispatchForm,
    label: _t("Dispatch"),
    doLabel: _t("Choose whom to send"),
    keyLabel: "G",
    sequence: 30,
    verb: "dispatch",
    isShown: (detail) => Boolean(detail?.subscriber),
});

registry.category("alarm_board_commands").add("dispatch", {
    key: "g",
    keyLabel: "G",
    label: _t("Send responders"),
    sequence: 35,
    run: (board) => board.openForm("dispatch"),
});
