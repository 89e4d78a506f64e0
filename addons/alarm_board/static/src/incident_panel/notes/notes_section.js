import {Component} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {sectionProps} from "../panel_sections";

/** What has to be known of the premises, except what stands above until it was read. */
export class NotesSection extends Component {
    static template = "alarm_board.NotesSection";
    static props = sectionProps;

    get notes() {
        const {detail, desk} = this.props;
        return shownNotes(detail).map((note) => ({
            ...note,
            until: note.expires_at && desk.moment(note.expires_at),
        }));
    }
}

function shownNotes(detail) {
    return detail.notes.filter((note) => !note.must_read || note.read);
}

registry.category("alarm_board_panel_sections").add("notes", {
    Component: NotesSection,
    column: "site",
    sequence: 30,
    isShown: (detail) => Boolean(shownNotes(detail).length),
});
