import {Component, onMounted, onWillUpdateProps, useRef, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {ageSeconds, formatAge, momentMs, serverNowMs} from "../model/age";
import {classLook} from "../model/event_class";
import {durationWords, STATE_LABELS} from "../model/words";
import {StepInHand} from "./step/step_in_hand";
import {StatusStrip} from "./status_strip/status_strip";
import {UnreadNotes} from "./notes/unread_notes";
import {panelForm, panelForms} from "./panel_forms";
import {panelSections} from "./panel_sections";

/** In the order of the focus: what to do comes before what happened. */
const COLUMNS = ["work", "site", "history"];

/**
 * Everything a dispatcher needs about one incident, in the order in which he reads it:
 * the alarm, the site, what must be known, what happened before, the state, the plan.
 */
export class IncidentPanel extends Component {
    static template = "alarm_board.IncidentPanel";
    static components = {StatusStrip, StepInHand, UnreadNotes};
    static props = {
        desk: Object,
        row: Object,
        form: {type: [Object, {value: null}]},
        busy: Boolean,
    };

    setup() {
        this.columns = COLUMNS;
        this.heading = useRef("heading");
        this.storeState = useState(this.props.desk.store.state);
        this.deskState = useState(this.props.desk.state);
        onMounted(() => {
            this.heading.el.focus();
            this.props.desk.load();
        });
        onWillUpdateProps((next) => {
            if (String(next.row.version) !== String(this.props.row.version)) {
                next.desk.load();
            }
        });
    }

    get detail() {
        return this.deskState.detail;
    }

    get sectionProps() {
        const {desk, row, form, busy} = this.props;
        return {desk, row, detail: this.detail, form, busy};
    }

    sections(column) {
        return panelSections(column, this.detail, this.props.row);
    }

    get formComponent() {
        return this.props.form && panelForm(this.props.form.name)?.Component;
    }

    get buttons() {
        const {desk, row} = this.props;
        return this.detail ? panelForms(desk.verbs, this.detail, row) : [];
    }

    get verbs() {
        return this.props.desk.verbs;
    }

    get words() {
        return this.props.desk.store.words(this.props.row);
    }

    get icon() {
        return classLook(this.props.row.event.class).icon;
    }

    get stateLabel() {
        return STATE_LABELS[this.props.row.state];
    }

    get holder() {
        const {user} = this.props.row;
        if (!user) {
            return _t("Nobody has taken it yet");
        }
        return user.id === this.props.desk.board.userId
            ? _t("In your hands")
            : user.name;
    }

    get age() {
        const nowMs = serverNowMs(this.storeState);
        return formatAge(ageSeconds(momentMs(this.props.row.queued_at), nowMs));
    }

    get delay() {
        return durationWords(this.props.row.delay);
    }

    isOpen(name) {
        return this.props.form?.name === name;
    }

    toggle(name) {
        if (this.isOpen(name)) {
            this.props.desk.closeForm();
        } else {
            this.props.desk.openForm(name);
        }
    }

    take() {
        this.props.desk.board.take(this.props.desk.id);
    }

    release() {
        this.props.desk.board.release();
    }

    close() {
        this.props.desk.board.backToQueue();
    }
}
