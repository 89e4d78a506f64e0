import {markRaw, reactive} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {momentMs, serverNowMs} from "../model/age";
import {doingOf, outcomeOf, stepInHand} from "../model/steps";
import {verbsFor} from "../model/verbs";
import {formatMoment} from "../model/words";
import {panelForm} from "../incident_panel/panel_forms";

/**
 * Where a dispatcher works at one incident: what is known of it, what he is typing, and
 * everything that he can do. It outlives the panel, so that leaving an incident loses
 * nothing.
 */
export class IncidentDesk {
    /**
     * @param {AlarmBoard} board
     * @param {number} id of the incident
     */
    constructor(board, id) {
        this.board = board;
        this.store = board.store;
        this.id = id;
        this.state = reactive({
            /** What `board_detail` answered last; null before. */
            detail: null,
            /** What is shown may be old: it could not be fetched. */
            failed: false,
            /** A step that is done out of its order. */
            chosenStepId: null,
            /** {stepId, outcome}: on its way to the server, and not done before it says so. */
            saving: null,
            /** Grows when the dispatcher is to look at what stands in his way. */
            nudged: 0,
        });
        /** What was typed and not sent, by form; the browser keeps it over a reload. */
        this.drafts = {};
        this.draft("note", {text: ""});
        /** What keys do in the open form, and in the step in hand. */
        this.formKeys = null;
        this.stepKeys = null;
        this._request = 0;
    }

    get row() {
        return this.store.rows.known(this.id);
    }

    get verbs() {
        return verbsFor(this.row, this.board.userId);
    }

    get nowMs() {
        return serverNowMs(this.store.state);
    }

    moment(iso) {
        return formatMoment(momentMs(iso), this.nowMs);
    }

    // What is known

    /** Fetch the detail; an answer that was overtaken by a later one is dropped. */
    load() {
        const request = ++this._request;
        this._newest = this._load(request);
        return this._newest;
    }

    async _load(request) {
        try {
            const detail = await this.store.detail(this.id);
            if (request === this._request) {
                this.state.detail = markRaw(detail);
                this.state.failed = false;
            }
        } catch {
            // Told where it matters: in the panel, beside what may now be old.
            if (request === this._request) {
                this.state.failed = true;
            }
        }
        // Who asked goes on with the detail: it must not be the one from before.
        if (request !== this._request) {
            await this._newest;
        }
    }

    get step() {
        const {detail, chosenStepId} = this.state;
        return detail && stepInHand(detail.plan, chosenStepId);
    }

    /** Notes that must be read before anything else is done. */
    get unreadNotes() {
        const {detail} = this.state;
        return detail
            ? detail.notes.filter((note) => note.must_read && !note.read)
            : [];
    }

    // What was typed

    /**
     * @param {string} name of a form
     * @param {object} [defaults] what it begins with
     * @returns {object} what was typed there and not sent; observed
     */
    draft(name, defaults = {}) {
        this.drafts[name] ||= this.board.drafts.observed(
            this._draftKey(name),
            defaults
        );
        return this.drafts[name];
    }

    dropDraft(name) {
        delete this.drafts[name];
        this.board.drafts.drop(this._draftKey(name));
    }

    keepNote(text) {
        this.drafts.note.text = text;
    }

    _draftKey(name) {
        return `${this.id}.${name}`;
    }

    // What is done

    /**
     * Run a verb of the incident and learn what has become of it.
     *
     * @param {string} method
     * @param {Array} [parameters]
     * @param {object} [options] what happens at once when it is done, before anything new is
     *  shown: a key that the dispatcher presses next must not meet the old form
     * @param {string} [options.form] the form to close, with its draft
     * @param {(answer: any) => void} [options.then]
     * @returns {Promise<any>} what the verb returned, true for nothing; false when it was not done,
     *  which the dispatcher was told
     */
    async run(method, parameters = [], {form, then} = {}) {
        const answer = await this.board.runVerb(method, this.id, parameters);
        if (answer !== false) {
            if (form) {
                this.dropDraft(form);
                this.closeForm(form);
            }
            then?.(answer);
            await this.load();
        }
        return answer;
    }

    /**
     * Ask the server something about the incident, or another record.
     *
     * @param {string} method
     * @param {Array} [parameters]
     */
    read(method, parameters = []) {
        return this.store.call(method, [[this.id], ...parameters]);
    }

    /**
     * Whether something may be begun: not before the notes were read that come first.
     */
    mayBegin() {
        if (this.unreadNotes.length) {
            this.state.nudged += 1;
            return false;
        }
        return true;
    }

    /**
     * @param {string} name see incident_panel/panel_forms.js
     * @param {object} [options] of the form
     * @returns {boolean} whether it is open
     */
    openForm(name, options = {}) {
        const form = panelForm(name);
        if (!form || (form.verb && !this.verbs.has(form.verb))) {
            return false;
        }
        if (form.isShown && !form.isShown(this.state.detail, this.row)) {
            return false;
        }
        if (!form.always && !this.mayBegin()) {
            return false;
        }
        this.board.state.form = {name, options};
        return true;
    }

    /** @returns {boolean} the panel shows this incident: the dispatcher has not gone on */
    get isOpened() {
        return this.board.state.openedId === this.id;
    }

    /**
     * Close the form, unless it is another one by now: a late answer must not end what is
     * being typed elsewhere, whose letters would be keys of the board then.
     *
     * @param {string} [name] whichever is open when it is not given
     */
    closeForm(name) {
        const {form} = this.board.state;
        if (this.isOpened && (!name || form?.name === name)) {
            this.board.state.form = null;
        }
    }

    async readNotes() {
        const ids = this.unreadNotes.map((note) => note.id);
        return Boolean(ids.length) && this.run("action_read_notes", [ids]);
    }

    // Steps

    /** What Enter does: begin the step in hand, or end it where that is all there is to say. */
    doStep() {
        if (this.unreadNotes.length && this.verbs.has("acknowledge")) {
            return this.readNotes();
        }
        const {step} = this;
        if (!step || !this.verbs.has("step")) {
            return false;
        }
        const doing = doingOf(step, {
            cameras: this.state.detail.cameras,
            hasForm: (name) => Boolean(panelForm(name)),
        });
        if (doing.form) {
            return this.openForm(doing.form, {...doing.options, stepId: step.id});
        }
        if (doing.camera) {
            browser.open(doing.camera, "_blank", "noopener,noreferrer");
            return true;
        }
        if (doing.outcome) {
            return this.finishStep(step, doing.outcome);
        }
        return this.stepKeys?.[doing.note ? "note" : "choose"]?.();
    }

    /** @param {number} digit chooses an outcome of the step in hand */
    chooseOutcome(digit) {
        const {step} = this;
        const outcome = step && this.verbs.has("step") && outcomeOf(step, digit);
        if (outcome && this.mayBegin()) {
            this.stepKeys?.outcome(outcome);
        }
    }

    leaveStep() {
        const {step} = this;
        if (step && !step.mandatory && this.verbs.has("step") && this.mayBegin()) {
            this.stepKeys?.leave();
        }
    }

    async finishStep(step, outcome, note = "") {
        if (!this.board.isFree()) {
            return false;
        }
        this.state.saving = {stepId: step.id, outcome};
        try {
            const done = await this.run("action_step_done", [step.id, outcome, note]);
            if (done !== false) {
                this.state.chosenStepId = null;
            }
            return done;
        } finally {
            this.state.saving = null;
        }
    }

    acknowledge() {
        const {detail} = this.state;
        return detail?.unacknowledged && this.verbs.has("acknowledge")
            ? this.run("action_acknowledge")
            : false;
    }

    switchPlan() {
        const {detail} = this.state;
        return detail?.plan?.offered && this.verbs.has("plan") && this.mayBegin()
            ? this.run("action_change_plan")
            : false;
    }

    /** Resolve it; what is resolved already is closed, or its first gap shown. */
    end() {
        if (!this.verbs.has("close")) {
            return this.openForm("resolve");
        }
        const [first] = this.state.detail?.closing.missing || [];
        return first ? this.openGap(first) : this.run("action_close");
    }

    /** Go where something can be done about what is missing to close. */
    openGap({gate}) {
        const party = ["customer", "police", "fire", "medical", "insurer"].includes(
            gate
        );
        if (party) {
            return this.openForm("notify", {party: gate});
        }
        switch (gate) {
            case "signals":
                return this.acknowledge();
            case "passcode":
            case "finding":
            case "loss":
                return this.openForm(gate);
            case "note":
            case "doubt":
                return this.openForm("ending");
            case "resolution":
            case "contradiction":
                return this.openForm("resolve");
        }
        this.state.nudged += 1;
        return false;
    }

    chooseStep(step) {
        this.state.chosenStepId = step.id;
    }

    /** @returns {number|false} the step in hand when it is of one of these kinds */
    stepFor(...kinds) {
        const {step} = this;
        return step && this.verbs.has("step") && kinds.includes(step.kind)
            ? step.id
            : false;
    }

    tell(text, type = "info") {
        this.board.notification.add(text, {type});
    }
}
