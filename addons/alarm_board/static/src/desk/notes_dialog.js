import {Component, useState} from "@odoo/owl";
import {Dialog} from "@web/core/dialog/dialog";
import {momentMs, serverNowMs} from "../model/age";
import {formatMoment} from "../model/words";
import {failureWords} from "../model/failure";

/** What former shifts have written down, until it is read. */
export class NotesDialog extends Component {
    static template = "alarm_board.NotesDialog";
    static components = {Dialog};
    static props = {desk: Object, close: Function};

    setup() {
        // As they are now: one that comes meanwhile was not read.
        this.notes = [...this.props.desk.state.notes];
        this.state = useState({busy: false, failure: ""});
    }

    moment(iso) {
        return formatMoment(momentMs(iso), serverNowMs(this.props.desk.store.state));
    }

    async read() {
        this.state.busy = true;
        try {
            await this.props.desk.readNotes(this.notes.map((note) => note.id));
            this.props.close();
        } catch (error) {
            this.state.failure = failureWords(error);
        } finally {
            this.state.busy = false;
        }
    }
}
