import {Component, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {ageLevel, ageSeconds, serverNowMs, waitingSince} from "../model/age";

/** A frame around the whole window for as long as an alarm waits, whatever screen of this
 *  tab the dispatcher looks at. */
export class AttentionFrame extends Component {
    static template = "alarm_board.AttentionFrame";
    static props = {};

    setup() {
        this.state = useState(useService("alarm_board").state);
    }

    get first() {
        return this.state.firstWaiting;
    }

    /** It flashes with the ticks of the board and not by an animation, which would have the
     *  whole window drawn sixty times a second for hours. */
    get faded() {
        return Math.floor(this.state.nowMs / 1000) % 2 === 1;
    }

    get level() {
        const waited = ageSeconds(waitingSince(this.first), serverNowMs(this.state));
        return ageLevel(waited, this.state.targets.of(this.first));
    }
}

registry
    .category("main_components")
    .add("alarm_board.AttentionFrame", {Component: AttentionFrame});
