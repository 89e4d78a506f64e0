import {Component, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {serverNowMs} from "../../model/age";
import {targetClock, targetState} from "../../model/targets";
import {durationWords} from "../../model/words";

const ARMING = {
    closed: {icon: "fa-lock", label: _t("Armed")},
    open: {icon: "fa-unlock", label: _t("Disarmed")},
    partly: {icon: "fa-unlock-alt", label: _t("Partly armed")},
};

const TARGETS = {
    pickup: _t("Pick-up"),
    dispatch: _t("Dispatch"),
    arrival: _t("Arrival"),
};

/**
 * How things stand, in a line of short marks: armed, on test, not active, the clocks of the
 * service level. Other modules add theirs, such as the state of the contract and its fees,
 * to the registry category "alarm_board_panel_status":
 *
 *     {sequence, marks: (detail, row) => [{name, label, title, icon, level}]}
 *
 * `level` is "good", "warning", "danger" or nothing; what it shows comes from the detail, see
 * panel_sections.js. It is called each second: it only looks and never asks.
 */
const category = registry.category("alarm_board_panel_status");

export class StatusStrip extends Component {
    static template = "alarm_board.StatusStrip";
    static props = {desk: Object, row: Object, detail: Object};

    setup() {
        this.targetLabels = TARGETS;
        this.storeState = useState(this.props.desk.store.state);
    }

    get arming() {
        const {arming} = this.props.detail;
        return arming && {...ARMING[arming.state], state: arming.state};
    }

    get armingTitle() {
        return this.props.detail.arming.areas
            .map(({area, state_label, since, by}) =>
                [area, state_label, this.props.desk.moment(since), by]
                    .filter(Boolean)
                    .join(" ")
            )
            .join("\n");
    }

    get tests() {
        return this.props.detail.tests.map((test) => ({
            ...test,
            until: this.props.desk.moment(test.ends_at),
        }));
    }

    get targets() {
        const {service} = this.props.detail;
        const nowMs = serverNowMs(this.storeState);
        return (service?.targets || []).map((target) => {
            const state = targetState(target, nowMs);
            return {name: target.name, level: state.level, clock: targetClock(state)};
        });
    }

    get delay() {
        return durationWords(this.props.row.delay);
    }

    get others() {
        const {detail, row} = this.props;
        return category
            .getAll()
            .sort((a, b) => (a.sequence ?? 50) - (b.sequence ?? 50))
            .flatMap(({marks}) => marks(detail, row));
    }
}
