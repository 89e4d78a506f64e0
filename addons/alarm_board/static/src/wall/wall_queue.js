import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {formatAge} from "../model/age";
import {waitOf} from "./wall_model";
import {PRIORITY_LABELS} from "./wall_words";

/** How much waits in each priority, and the oldest of each against its target. */
export class WallQueue extends Component {
    static template = "alarm_board.WallQueue";
    static props = {queue: Array, nowMs: Number, onOpen: Function};

    get tiles() {
        return this.props.queue.map((line) => {
            const wait = waitOf(line.oldest, this.props.nowMs);
            return {
                ...line,
                ...wait,
                label: PRIORITY_LABELS[line.priority],
                lateWords: _t("%s late", line.late),
                waitingWords: _t("%s waiting", line.waiting),
                age: formatAge(wait.seconds),
                percent: Math.round(wait.share * 100),
            };
        });
    }
}
