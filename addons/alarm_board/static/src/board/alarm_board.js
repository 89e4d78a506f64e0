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
import {isTaken, keyName} from "../model/keys";
import {nextWaiting} from "../model/queue_order";
import {verbsFor} from "../model/verbs";
import {IncidentQueue} from "../queue/incident_queue";
import {boardCommands} from "./board_commands";

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
        this.ui = useService("ui");
        this.root = useRef("root");
        useService("title").setParts({action: AlarmBoard.displayName.toString()});
        this.storeState = useState(this.store.state);
        this.state = useState({
            /** The row that the arrow keys move. */
            selectedId: null,
            /** The incident in the panel. */
            openedId: null,
            /** "note", "hold" or "resolve" while that form is open in the panel. */
            form: null,
            filter: "all",
            text: "",
            helping: false,
            /** A verb is on its way to the server. */
            busy: false,
        });
        /** What was typed and not yet sent, by incident: leaving one loses nothing. */
        this.drafts = {};
        onMounted(() => this.store.open());
        onWillUnmount(() => this.store.leave());
        useExternalListener(window, "keydown", (event) => this.onKeydown(event));
        useBus(this.store.events, "OPEN-INCIDENT", ({detail: id}) => this.open(id));
        useEffect(
            () => {
                const {openedId} = this.state;
                if (openedId && this.storeState.loaded && !this.store.row(openedId)) {
                    this.notification.add(
                        _t("This incident is no longer open: it was resolved."),
                        {type: "info"}
                    );
                    this.backToQueue();
                }
            },
            () => [this.storeState.revision]
        );
    }

    get userId() {
        return user.userId;
    }

    get openedRow() {
        // Read, so that a change of the rows renders the panel anew.
        void this.storeState.revision;
        return this.state.openedId && this.store.row(this.state.openedId);
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
        if (this.state.helping || event.defaultPrevented || isTaken(event)) {
            return;
        }
        const command = boardCommands().find((one) => one.key === key);
        if (command) {
            event.preventDefault();
            command.run(this);
        }
    }

    /** Step by step out of whatever is open; the lock on the incident stays. */
    escape(event) {
        event.preventDefault();
        if (this.state.helping) {
            this.state.helping = false;
        } else if (this.state.form) {
            this.state.form = null;
        } else if (event.target.closest?.("input, textarea")) {
            event.target.blur();
        } else if (this.state.openedId) {
            this.backToQueue();
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
        if (await this.runVerb("action_take", id)) {
            this.open(id);
        }
    }

    /**
     * @returns {Promise<boolean>} whether the server did it. A refusal, such as that a
     *  colleague was faster, is told in the server's words.
     */
    async runVerb(method, id, parameters = []) {
        if (this.state.busy) {
            return false;
        }
        this.state.busy = true;
        try {
            await this.store.run(method, id, parameters);
            return true;
        } catch (error) {
            this.notification.add(
                error instanceof RPCError
                    ? error.data?.message || error.message
                    : _t(
                          "The server did not answer. Look whether it was done before you try again."
                      ),
                {
                    type: "danger",
                    title: _t("Not done"),
                    sticky: !(error instanceof RPCError),
                }
            );
            return false;
        } finally {
            this.state.busy = false;
        }
    }

    /** Open a form of the panel, when the incident in it allows the verb. */
    startForm(form) {
        const row = this.openedRow;
        if (row && verbsFor(row, this.userId).has(form)) {
            this.state.form = form;
        }
    }

    async release() {
        await this.runVerb("action_release", this.state.openedId);
    }

    /**
     * Send what a form of the panel holds.
     *
     * @param {"note"|"hold"|"resolve"} form
     * @param {Array} parameters of the verb
     * @returns {Promise<boolean>}
     */
    async submitForm(form, parameters) {
        const id = this.state.openedId;
        const done = await this.runVerb(`action_${form}`, id, parameters);
        if (done) {
            this.state.form = null;
            if (form !== "note") {
                delete this.drafts[id];
                this.backToQueue();
            }
        }
        return done;
    }

    draftsOf(id) {
        this.drafts[id] ||= {note: "", hold: {}, resolve: {}};
        return this.drafts[id];
    }
}

registry.category("actions").add("alarm_board", AlarmBoard);
