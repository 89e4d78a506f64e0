import {Component} from "@odoo/owl";
import {collapsed} from "./wall_model";
import {FEED, shortTime} from "./wall_words";

/** What went wrong in the centre itself of late, and what is wrong with bridges now. */
export class WallFeed extends Component {
    static template = "alarm_board.WallFeed";
    static props = {feed: Array, conditions: Array, nowMs: Number};

    get lines() {
        return collapsed(this.props.feed).map((line) => ({
            ...line,
            ...(FEED[line.kind] || FEED.integrity),
            time: shortTime(line.at, this.props.nowMs),
        }));
    }
}
