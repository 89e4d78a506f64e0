import {Component, onWillStart, useState} from "@odoo/owl";
import {Dialog} from "@web/core/dialog/dialog";
import {_t} from "@web/core/l10n/translation";
import {STATE_LABELS} from "../model/words";
import {failureWords} from "../model/failure";
import {useDraft} from "./use_draft";

/** Leave the desk: what is in hand goes to somebody, and the next shift learns what matters. */
export class EndShiftDialog extends Component {
    static template = "alarm_board.EndShiftDialog";
    static components = {Dialog};
    static props = {
        desk: Object,
        /** Called once the shift has ended. */
        onEnded: {type: Function, optional: true},
        close: Function,
    };

    setup() {
        this.stateLabels = STATE_LABELS;
        const {draft, drop} = useDraft("handover", {note: ""});
        this.draft = draft;
        this.dropDraft = drop;
        this.state = useState({
            handover: null,
            colleagueId: null,
            leaveIncidents: false,
            leaveEmpty: false,
            busy: false,
            failure: "",
        });
        onWillStart(() => this.load());
    }

    async load() {
        try {
            const handover = await this.props.desk.handover();
            this.state.handover = handover;
            const ids = handover.colleagues.map(({id}) => id);
            if (!ids.includes(this.state.colleagueId)) {
                this.state.colleagueId = ids[0] || null;
            }
        } catch (error) {
            this.state.failure = failureWords(error);
        }
    }

    mayRelease(incident) {
        return incident.state !== "dispatched";
    }

    /** Do something with an incident, then look what is still in hand. */
    async _with(action) {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        this.state.failure = "";
        try {
            await action();
        } catch (error) {
            this.state.failure = failureWords(error);
        }
        await this.load();
        this.state.busy = false;
    }

    handOver(incident) {
        return this._with(() =>
            this.props.desk.handOver(incident.id, this.state.colleagueId)
        );
    }

    release(incident) {
        return this._with(() => this.props.desk.release(incident.id));
    }

    onColleague(event) {
        this.state.colleagueId = Number(event.target.value);
    }

    get lastWords() {
        return _t(
            "You are the last one at the desk of %s.",
            this.state.handover.last.join(", ")
        );
    }

    get ready() {
        const {handover, leaveIncidents, leaveEmpty, busy} = this.state;
        return Boolean(
            handover &&
                !busy &&
                (!handover.incidents.length || leaveIncidents) &&
                (!handover.last.length || leaveEmpty)
        );
    }

    async submit() {
        if (!this.ready) {
            return;
        }
        const confirmed = [
            this.state.leaveIncidents && "incidents",
            this.state.leaveEmpty && "last",
        ].filter(Boolean);
        this.state.busy = true;
        try {
            await this.props.desk.end(this.draft.note, confirmed);
            this.dropDraft();
            this.props.close();
            this.props.onEnded?.();
        } catch (error) {
            this.state.failure = failureWords(error);
            // Others have come or gone meanwhile: what must be confirmed is not the same.
            await this.load();
        } finally {
            this.state.busy = false;
        }
    }
}
