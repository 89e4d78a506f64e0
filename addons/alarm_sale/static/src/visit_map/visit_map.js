import {Component, onWillStart, useState} from "@odoo/owl";
import {AlarmMap} from "@alarm_board/map/alarm_map";
import {_t} from "@web/core/l10n/translation";
import {Layout} from "@web/search/layout";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

/** How a prospect looks on the map: what is to be done there counts most. */
export function prospectTone(prospect) {
    if (prospect.late) {
        return "danger";
    }
    if (prospect.planned) {
        return "warning";
    }
    return prospect.visits ? "success" : "muted";
}

/** What to call the age of a visit or the day of a plan, in a few words. */
export function prospectNote(prospect) {
    const words = [prospect.label, prospect.address];
    if (prospect.planned) {
        words.push(
            prospect.late
                ? _t("%(plan)s overdue since %(day)s", {
                      plan: prospect.plan,
                      day: prospect.planned,
                  })
                : _t("%(plan)s on %(day)s", {
                      plan: prospect.plan,
                      day: prospect.planned,
                  })
        );
    }
    if (prospect.visited) {
        words.push(_t("last visited on %s", prospect.visited));
    }
    return words.filter(Boolean).join(" · ");
}

/** Where a salesperson has been and where he goes next. */
export class VisitMap extends Component {
    static template = "alarm_sale.VisitMap";
    static components = {AlarmMap, Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({prospects: [], mine: true, days: 30, selectedId: null});
        onWillStart(() => this.load());
    }

    async load() {
        const {mine, days} = this.state;
        this.state.prospects = await this.orm.call("crm.lead", "alarm_visit_map", [], {
            mine,
            days,
        });
    }

    get periods() {
        return [7, 30, 90];
    }

    get markers() {
        return this.state.prospects.map((prospect) => ({
            id: prospect.id,
            latitude: prospect.latitude,
            longitude: prospect.longitude,
            label: prospect.name,
            note: this.note(prospect),
            caption: prospect.name,
            tone: prospectTone(prospect),
            icon: prospect.planned ? "fa-clock-o" : "fa-home",
        }));
    }

    tone(prospect) {
        return prospectTone(prospect);
    }

    note(prospect) {
        return prospectNote(prospect);
    }

    async choose(changes) {
        Object.assign(this.state, changes);
        await this.load();
    }

    select(id) {
        this.state.selectedId = id;
    }

    open(id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "crm.lead",
            res_id: id,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("alarm_visit_map", VisitMap);
