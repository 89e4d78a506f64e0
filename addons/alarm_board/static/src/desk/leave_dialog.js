import {Component} from "@odoo/owl";
import {Dialog} from "@web/core/dialog/dialog";

/** Somebody is about to leave the board with incidents in his hands. */
export class LeaveDialog extends Component {
    static template = "alarm_board.LeaveDialog";
    static components = {Dialog};
    static props = {
        rows: Array,
        words: Function,
        /** Called with whether he leaves all the same. */
        onAnswer: Function,
        close: Function,
    };

    answer(leaves) {
        this.props.onAnswer(leaves);
        this.props.close();
    }
}
