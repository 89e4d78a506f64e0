import {Component, useEffect, useRef, useState} from "@odoo/owl";

/**
 * Notes that have to be read before anything else is done; what is tried before leads
 * here.
 */
export class UnreadNotes extends Component {
    static template = "alarm_board.UnreadNotes";
    static props = {desk: Object, detail: Object, busy: Boolean};

    setup() {
        this.button = useRef("button");
        this.deskState = useState(this.props.desk.state);
        useEffect(
            (nudged) => {
                if (nudged) {
                    this.button.el?.focus();
                }
            },
            () => [this.deskState.nudged]
        );
    }

    get notes() {
        return this.props.detail.notes.filter((note) => note.must_read && !note.read);
    }

    /** Only who works at the incident confirms. */
    get mayRead() {
        return this.props.desk.verbs.has("acknowledge");
    }

    read() {
        this.props.desk.readNotes();
    }
}
