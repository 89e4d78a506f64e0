import {Component} from "@odoo/owl";
import {ageSeconds, formatAge, momentMs} from "../model/age";

/** So that neither pushes the other off the wall. */
const OVERDUE_SHOWN = 7;
const HELD_SHOWN = 5;

/** What is overdue, and what is held: the lines somebody has to ask about. */
export class WallList extends Component {
    static template = "alarm_board.WallList";
    static props = {overdue: Object, held: Object, nowMs: Number, onOpen: Function};

    get lines() {
        const {overdue, held} = this.props;
        return [
            ...overdue.rows.slice(0, OVERDUE_SHOWN).map((row) => this.overdueLine(row)),
            ...held.rows.slice(0, HELD_SHOWN).map((row) => this.heldLine(row)),
        ];
    }

    overdueLine(row) {
        const age = ageSeconds(momentMs(row.since), this.props.nowMs);
        return {
            ...row,
            key: `${row.kind}/${row.id}`,
            icon: row.kind === "idle" ? "fa-hourglass-half" : "fa-clock-o",
            level: row.kind === "idle" || age >= row.escalate ? "danger" : "warning",
            time: formatAge(age),
            detail: row.kind === "idle" ? row.user : row.event,
        };
    }

    /** How long it stays there; below zero it should have come back. */
    heldLine(row) {
        const left = Math.floor((momentMs(row.until) - this.props.nowMs) / 1000);
        return {
            ...row,
            key: `held/${row.id}`,
            icon: "fa-pause",
            level: left < 0 ? "danger" : "none",
            time: `${left < 0 ? "−" : ""}${formatAge(Math.abs(left))}`,
            detail: [row.user, row.reason].filter(Boolean).join(": "),
        };
    }
}
