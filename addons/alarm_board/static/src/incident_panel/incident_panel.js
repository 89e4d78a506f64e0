import {Component, onMounted, onWillUpdateProps, useRef, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {useService} from "@web/core/utils/hooks";
import {ageSeconds, formatAge, momentMs, serverNowMs} from "../model/age";
import {classLook} from "../model/event_class";
import {verbsFor} from "../model/verbs";
import {durationWords, formatMoment, STATE_LABELS} from "../model/words";
import {HoldForm} from "./forms/hold_form";
import {NoteForm} from "./forms/note_form";
import {ResolveForm} from "./forms/resolve_form";

/** Everything a dispatcher needs about one incident, and the forms of the verbs. */
export class IncidentPanel extends Component {
    static template = "alarm_board.IncidentPanel";
    static components = {HoldForm, NoteForm, ResolveForm};
    static props = {
        store: Object,
        row: Object,
        userId: Number,
        form: {type: [String, {value: null}]},
        /** What was typed and not sent: {note: string, hold: Object, resolve: Object}. */
        drafts: Object,
        busy: Boolean,
        onTake: Function,
        onRelease: Function,
        onForm: Function,
        onCancelForm: Function,
        onSubmit: Function,
        onClose: Function,
    };

    setup() {
        this.notification = useService("notification");
        this.heading = useRef("heading");
        this.storeState = useState(this.props.store.state);
        this.state = useState({detail: null, failed: false});
        this.request = 0;
        onMounted(() => {
            this.heading.el.focus();
            this.load();
        });
        onWillUpdateProps((next) => {
            if (String(next.row.version) !== String(this.props.row.version)) {
                this.load();
            }
        });
    }

    /** Fetch the detail; an answer that was overtaken by a later one is dropped. */
    async load() {
        const request = ++this.request;
        try {
            const detail = await this.props.store.detail(this.props.row.id);
            if (request === this.request) {
                this.state.detail = detail;
                this.state.failed = false;
            }
        } catch {
            // Told where it matters: in the panel, beside what may now be old.
            if (request === this.request) {
                this.state.failed = true;
            }
        }
    }

    get words() {
        return this.props.store.words(this.props.row);
    }

    get icon() {
        return classLook(this.props.row.event.class).icon;
    }

    get verbs() {
        return verbsFor(this.props.row, this.props.userId);
    }

    get stateLabel() {
        return STATE_LABELS[this.props.row.state];
    }

    get holder() {
        const {user} = this.props.row;
        if (!user) {
            return _t("Nobody has taken it yet");
        }
        return user.id === this.props.userId ? _t("In your hands") : user.name;
    }

    get nowMs() {
        return serverNowMs(this.storeState);
    }

    get age() {
        return formatAge(ageSeconds(momentMs(this.props.row.queued_at), this.nowMs));
    }

    moment(iso) {
        return formatMoment(momentMs(iso), this.nowMs);
    }

    delay(seconds) {
        return durationWords(seconds);
    }

    signalIcon(signal) {
        return classLook(signal.class).icon;
    }
}
