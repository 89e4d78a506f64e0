import {Component, onWillDestroy, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";
import {useService} from "@web/core/utils/hooks";
import {ageSeconds, formatAge, momentMs, serverNowMs} from "../model/age";
import {StormDesk} from "./storm_desk";

/** In the header: a storm is going on, or is likely. While it is calm supervisors have a
 * small button, others nothing at all. */
export class StormBadge extends Component {
    static template = "alarm_board.StormBadge";
    static props = {store: Object};

    setup() {
        this.storms = useService("alarm_storm");
        this.stormState = useState(this.storms.state);
        this.storeState = useState(this.props.store.state);
        this.dialog = useService("dialog");
        this.rights = useState({supervisor: false});
        user.hasGroup("alarm_monitoring.group_supervisor").then((yes) => {
            this.rights.supervisor = yes;
        });
        this.storms.watch();
        onWillDestroy(() => this.storms.unwatch());
    }

    get going() {
        void this.stormState.companies;
        return this.storms.going[0] || null;
    }

    get likely() {
        void this.stormState.companies;
        return this.storms.likely(this.storeState.nowMs)[0] || null;
    }

    get likelyWords() {
        const {inflow, minutes} = this.likely;
        return _t("%(count)s in %(minutes)s min", {count: inflow, minutes});
    }

    get age() {
        const since = momentMs(this.going.storm.since);
        return formatAge(ageSeconds(since, serverNowMs(this.storeState)));
    }

    open() {
        this.dialog.add(StormDesk, {store: this.props.store});
    }
}

registry
    .category("alarm_board_header")
    .add("storm", {Component: StormBadge, sequence: 10});
