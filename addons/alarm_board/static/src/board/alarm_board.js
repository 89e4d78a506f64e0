import {
    Component,
    onMounted,
    onWillUnmount,
    useEffect,
    useExternalListener,
    useRef,
    useState,
} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {RPCError} from "@web/core/network/rpc";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";
import {useBus, useService} from "@web/core/utils/hooks";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {BoardHeader} from "../board_header/board_header";
import {HelpOverlay} from "../help_overlay/help_overlay";
import {IncidentPanel} from "../incident_panel/incident_panel";
import {LinkBars} from "../link_state/link_bars";
import {failureWords} from "../model/failure";
import {isTaken, keyName} from "../model/keys";
import {nextWaiting} from "../model/queue_order";
import {IncidentQueue} from "../queue/incident_queue";
import {boardCommands} from "./board_commands";
import {IncidentDesk} from "./incident_desk";

/** The screen of a dispatcher: what waits, and what is being done about one incident. */
export class AlarmBoard extends Component {
    static template = "alarm_board.AlarmBoard";
    static components = {
        BoardHeader,
        HelpOverlay,
        IncidentPanel,
        IncidentQueue,
        LinkBars,
    };
    static props = {...standardActionServiceProps};
    static displayName = _t("Alarm Board");

    setup() {
        this.store = useService("alarm_board");
        this.notification = useService("notification");
        this.drafts = useService("alarm_drafts");
        this.ui = useService("ui");
        this.root = useRef("root");
        useService("title").setParts({action: AlarmBoard.displayName.toString()});
        this.storeState = useState(this.store.state);
        this.state = useState({
            /** The row that the arrow keys move. */
            selectedId: null,
            /** The incident in the panel. */
            openedId: null,
            /** {name, options} of the form that is open in the panel. */
            form: null,
            filter: "all",
            text: "",
            helping: false,
            /** A verb is on its way to the server. */
            busy: false,
        });
        /** @type {Object<number, IncidentDesk>} by incident: leaving one loses nothing */
        this.desks = {};
        useBus(this.store.events, "OPEN-UNCLOSED", () => this.openUnclosed());
        onMounted(() => this.store.open());
        onWillUnmount(() => this.store.leave());
        useExternalListener(window, "keydown", (event) => this.onKeydown(event));
        useBus(this.store.events, "OPEN-INCIDENT", ({detail: id}) => this.open(id));
        useEffect(
            () => {
                const {openedId} = this.state;
                if (openedId && this.storeState.loaded && !this.openedRow) {
                    this.notification.add(this.whyGone(openedId), {type: "info"});
                    delete this.desks[openedId];
                    this.backToQueue();
                }
            },
            () => [this.storeState.revision]
        );
    }

    get userId() {
        return user.userId;
    }

    /** The incident in the panel: an open one, or one's own that is resolved and not closed. */
    get openedRow() {
        // Read, so that a change of the rows renders the panel anew.
        void this.storeState.revision;
        const {openedId} = this.state;
        const row = openedId && this.store.rows.known(openedId);
        if (!row || this.store.row(openedId)) {
            return row;
        }
        return row.state === "resolved" && row.user?.id === this.userId ? row : null;
    }

    /** @returns {IncidentDesk|null} of the incident in the panel */
    get desk() {
        const {openedId} = this.state;
        if (!openedId) {
            return null;
        }
        return (this.desks[openedId] ||= new IncidentDesk(this, openedId));
    }

    whyGone(id) {
        const row = this.store.rows.known(id);
        return row?.state === "closed"
            ? _t("%s is closed.", row.name)
            : _t("This incident is no longer open: it was resolved.");
    }

    // Keyboard

    onKeydown(event) {
        const key = keyName(event);
        if (this.ui.activeElement !== document || event.repeat) {
            return;
        }
        if (key === "escape" && !event.isComposing) {
            this.escape(event);
            return;
        }
        if (event.defaultPrevented || isTaken(event)) {
            return;
        }
        const run = this.commandFor(key, event);
        if (run) {
            event.preventDefault();
            run();
        }
    }

    /** What a key does now: the open form goes before the board. */
    commandFor(key, event) {
        const form = this.state.form && this.desk?.formKeys;
        if (/^[1-9]$/.test(key)) {
            const digit = Number(key);
            if (form) {
                return form.digit && (() => form.digit(digit));
            }
            return this.openedRow && (() => this.desk.chooseOutcome(digit));
        }
        // Arrows belong to the queue while it has the focus.
        const inQueue = event.target.closest?.(".o_alarm_queue");
        if (form?.[key] && !inQueue) {
            return () => form[key]();
        }
        if (key === "enter" && this.state.form && !inQueue) {
            // What stands in the form is sent from the form.
            return null;
        }
        const command = boardCommands().find((one) => one.key === key);
        return command && (() => command.run(this));
    }

    /** Step by step out of whatever is open; the lock on the incident stays. */
    escape(event) {
        event.preventDefault();
        if (this.state.form) {
            this.state.form = null;
            this.focusPanel();
        } else if (event.target.closest?.("input, textarea")) {
            event.target.blur();
            this.focusPanel();
        } else if (this.state.openedId) {
            this.backToQueue();
        }
    }

    /** The focus back to the panel, unless the dispatcher is typing elsewhere already. */
    focusPanel() {
        const active = document.activeElement;
        const closing =
            !this.state.form &&
            active?.closest(
                ".o_alarm_form, .o_alarm_contact_outcomes, .o_alarm_passcode"
            );
        if (closing || !active?.matches("input, textarea, select")) {
            this.root.el?.querySelector(".o_alarm_panel_event")?.focus();
        }
    }

    // Queue

    select(id) {
        this.state.selectedId = id;
    }

    open(id) {
        this.state.selectedId = id;
        if (this.state.openedId !== id) {
            this.state.openedId = id;
            this.state.form = null;
            this.clearDesks();
        }
    }

    /** Let go of incidents that have long left: a shift has hundreds of them. */
    clearDesks() {
        for (const id of Object.keys(this.desks).map(Number)) {
            if (id !== this.state.openedId && !this.store.rows.known(id)) {
                delete this.desks[id];
            }
        }
    }

    openSelected() {
        if (this.state.selectedId && this.store.row(this.state.selectedId)) {
            this.open(this.state.selectedId);
        }
    }

    backToQueue() {
        this.state.openedId = null;
        this.state.form = null;
        this.root.el?.querySelector(".o_alarm_queue_rows")?.focus();
    }

    // Verbs

    async takeNext() {
        const next = nextWaiting(this.store.rows.open.values());
        if (next) {
            await this.take(next.id);
        } else {
            this.notification.add(_t("Nothing waits."), {type: "info"});
        }
    }

    async take(id) {
        if ((await this.runVerb("action_take", id)) !== false) {
            this.open(id);
        }
    }

    async release() {
        await this.runVerb("action_release", this.state.openedId);
    }

    /** @returns {boolean} no verb is on its way; while one is, the dispatcher is told to wait */
    isFree() {
        // Said once, however often a key is pressed.
        this.closeWait?.();
        this.closeWait = null;
        if (this.state.busy) {
            this.closeWait = this.notification.add(
                _t("One moment: the server has not yet answered what came before."),
                {type: "warning"}
            );
        }
        return !this.state.busy;
    }

    /**
     * @returns {Promise<any>} what the verb returned, true for nothing; false when it was not
     *  done. A refusal, such as that a colleague was faster, is told in the server's words.
     */
    async runVerb(method, id, parameters = []) {
        if (!this.isFree()) {
            return false;
        }
        this.state.busy = true;
        try {
            const answer = await this.store.run(method, id, parameters);
            return answer || true;
        } catch (error) {
            this.notification.add(failureWords(error), {
                type: "danger",
                title: _t("Not done"),
                sticky: !(error instanceof RPCError),
            });
            return false;
        } finally {
            this.state.busy = false;
        }
    }

    // The incident in the panel

    /** The oldest of one's own that is resolved and not closed. */
    async openUnclosed() {
        const [first] = await this.store.call("board_unclosed");
        if (first) {
            await this.store.refresh([first.id]);
            this.open(first.id);
        } else {
            this.notification.add(_t("Nothing is left to close."), {type: "info"});
        }
    }

    /** Enter: the step in hand of the incident in the panel, or else the selected row. */
    enter() {
        const {selectedId, openedId} = this.state;
        if (this.openedRow && (!selectedId || selectedId === openedId)) {
            return this.desk.doStep();
        }
        return this.openSelected();
    }

    /** Open a form of the panel, when the incident in it allows the verb. */
    openForm(name, options = {}) {
        return Boolean(this.openedRow && this.desk.openForm(name, options));
    }
}

registry.category("actions").add("alarm_board", AlarmBoard);
