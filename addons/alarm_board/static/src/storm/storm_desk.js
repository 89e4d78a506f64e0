import {Component, useState} from "@odoo/owl";
import {Dialog} from "@web/core/dialog/dialog";
import {_t} from "@web/core/l10n/translation";
import {user} from "@web/core/user";
import {useService} from "@web/core/utils/hooks";
import {ageSeconds, formatAge, momentMs, serverNowMs} from "../model/age";
import {classLook} from "../model/event_class";
import {failureWords} from "../model/failure";
import {formatMoment} from "../model/words";
import {CLASS_LABELS, leftWords} from "./storm_words";
import {GROUPINGS, chosenOf, stormGroups} from "./storm_groups";

const GROUPING_LABELS = {
    class: _t("Class"),
    code: _t("Event"),
    receiver: _t("Receiver"),
    area: _t("District"),
};
const LISTED = 30;

/** The queue collapsed, for who has to handle hundreds; supervisors close them in bulk. */
export class StormDesk extends Component {
    static template = "alarm_board.StormDesk";
    static components = {Dialog};
    static props = {store: Object, close: Function};

    setup() {
        this.storms = useService("alarm_storm");
        this.stormState = useState(this.storms.state);
        this.storeState = useState(this.props.store.state);
        this.groupings = GROUPINGS.map((by) => ({by, label: GROUPING_LABELS[by]}));
        this.state = useState({
            by: "code",
            chosen: new Set(),
            opened: null,
            withProtected: false,
            reason: "",
            beginReason: "",
            companyId: null,
            supervisor: false,
            busy: false,
            done: 0,
            result: null,
            failure: "",
        });
        user.hasGroup("alarm_monitoring.group_supervisor").then((yes) => {
            this.state.supervisor = yes;
        });
    }

    get companies() {
        return this.stormState.companies;
    }

    get calm() {
        return this.companies.filter(({storm}) => !storm);
    }

    get going() {
        return this.companies.filter(({storm}) => storm);
    }

    get nowMs() {
        return serverNowMs(this.storeState);
    }

    get groups() {
        // Read, so that a change of the rows counts anew.
        void this.storeState.revision;
        const {store} = this.props;
        return stormGroups(store.rows.open.values(), this.state.by, {
            words: (row) => store.words(row),
            classWords: (eventClass) => String(CLASS_LABELS[eventClass] || eventClass),
            area: (row) => this.areaOf(row),
        });
    }

    areaOf(row) {
        const territories = this.storeState.places?.territories || [];
        const found = territories.find(([id]) => id === row.territory_id);
        return found ? found[1] : row.city || "";
    }

    get choice() {
        return chosenOf(this.groups, this.state.chosen, this.state.withProtected);
    }

    get mayClose() {
        return this.choice.ids.length && this.state.reason.trim() && !this.state.busy;
    }

    get submitLabel() {
        const {busy, done} = this.state;
        return busy && done
            ? _t("%s done…", done)
            : _t("Close %s incidents", this.choice.ids.length);
    }

    get choiceWords() {
        return _t("%s chosen", this.choice.ids.length);
    }

    /** What of the choice is not closed. */
    get stayWords() {
        const {guarded, held} = this.choice;
        return [
            guarded && _t("%s protected stay", guarded),
            held && _t("%s in hand stay", held),
        ]
            .filter(Boolean)
            .join(" · ");
    }

    get resultWords() {
        const {closed, left} = this.state.result;
        return left.length
            ? _t("%(closed)s closed, %(left)s left out:", {
                  closed,
                  left: left.length,
              })
            : _t("%s closed.", closed);
    }

    onWords(storm) {
        return _t("Storm mode is on since %s", this.since(storm));
    }

    closedWords(storm) {
        return _t("%s closed in bulk", storm.closed);
    }

    inflowWords({inflow, minutes}) {
        return _t("%(count)s new in %(minutes)s min", {count: inflow, minutes});
    }

    moreWords(group) {
        return _t("and %s more", this.unlisted(group));
    }

    get leftLines() {
        return leftWords(this.state.result.left);
    }

    icon(group) {
        return classLook(group.eventClass).icon;
    }

    age(group) {
        return formatAge(ageSeconds(group.oldestMs, this.nowMs));
    }

    since(storm) {
        return formatMoment(momentMs(storm.since), this.nowMs);
    }

    listed(group) {
        return group.rows.slice(0, LISTED);
    }

    unlisted(group) {
        return Math.max(0, group.rows.length - LISTED);
    }

    groupBy(by) {
        Object.assign(this.state, {by, opened: null});
        this.state.chosen.clear();
    }

    toggle(key) {
        if (!this.state.chosen.delete(key)) {
            this.state.chosen.add(key);
        }
        this.state.result = null;
    }

    toggleAll() {
        const {groups, state} = this;
        const all = groups.length === state.chosen.size;
        state.chosen.clear();
        if (!all) {
            groups.forEach((group) => state.chosen.add(group.key));
        }
    }

    toggleList(key) {
        this.state.opened = this.state.opened === key ? null : key;
    }

    begin() {
        const companyId = this.state.companyId || this.calm[0].company_id;
        return this.attempt(async () => {
            await this.storms.begin(this.state.beginReason, Number(companyId));
            this.state.reason = this.state.reason || this.state.beginReason;
            this.state.beginReason = "";
        });
    }

    end(storm) {
        return this.attempt(() => this.storms.end(storm.id, ""));
    }

    closeChosen() {
        const {ids} = this.choice;
        const {reason, withProtected} = this.state;
        return this.attempt(async () => {
            this.state.result = await this.storms.closeTogether(
                ids,
                reason,
                withProtected,
                (done) => (this.state.done = done)
            );
            this.state.chosen.clear();
            this.state.withProtected = false;
            await this.props.store.load();
        });
    }

    /** What the server refuses is said here; what was closed before that stays closed. */
    async attempt(act) {
        Object.assign(this.state, {busy: true, done: 0, failure: "", result: null});
        try {
            await act();
        } catch (error) {
            this.state.failure = failureWords(error);
        } finally {
            this.state.busy = false;
        }
    }
}
