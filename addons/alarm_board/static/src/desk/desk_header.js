import {Component, onMounted, onWillUnmount, useState} from "@odoo/owl";
import {Dropdown} from "@web/core/dropdown/dropdown";
import {DropdownItem} from "@web/core/dropdown/dropdown_item";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useBus, useService} from "@web/core/utils/hooks";
import {momentMs, serverNowMs} from "../model/age";
import {formatMoment} from "../model/words";
import {EndShiftDialog} from "./end_shift_dialog";
import {InjectionDialog} from "./injection_dialog";
import {useLeaveGuard} from "./leave_guard";
import {NotesDialog} from "./notes_dialog";
import {openReport} from "./report";

/** The shift in the board's header: since when, who else is there, notes that wait. */
export class DeskHeader extends Component {
    static template = "alarm_board.DeskHeader";
    static components = {Dropdown, DropdownItem};
    static props = {store: Object};

    setup() {
        this.desk = useService("alarm_desk");
        this.dialog = useService("dialog");
        this.state = useState(this.desk.state);
        this.storeState = useState(this.props.store.state);
        useLeaveGuard();
        useBus(this.props.store.events, "SHIFT-STARTED", () => this.greet());
        onMounted(() => this.desk.open());
        onWillUnmount(() => this.desk.leave());
    }

    /** A shift begins with reading what the last one has left. */
    async greet() {
        await this.desk.load();
        if (this.state.notes.length) {
            this.showNotes();
        }
    }

    get since() {
        const {shift} = this.state;
        return (
            shift &&
            formatMoment(
                momentMs(shift.started_at),
                serverNowMs(this.storeState)
            ).replace(/:\d\d$/, "")
        );
    }

    get shiftWords() {
        return this.since ? _t("Shift since %s", this.since) : _t("Not on shift");
    }

    get colleagueWords() {
        const names = this.state.colleagues.map(({name}) => name);
        return names.length
            ? _t("At the desk with you: %s", names.join(", "))
            : _t("Nobody else is at the desk.");
    }

    get noteWords() {
        const count = this.state.notes.length;
        return count === 1 ? _t("1 note") : _t("%s notes", count);
    }

    showNotes() {
        this.dialog.add(NotesDialog, {desk: this.desk});
    }

    report() {
        openReport(this.env, this.props.store);
    }

    inject() {
        const {store} = this.props;
        this.dialog.add(InjectionDialog, {store, onDone: () => store.load()});
    }

    end() {
        this.dialog.add(EndShiftDialog, {desk: this.desk});
    }
}

registry
    .category("alarm_board_header")
    .add("desk", {Component: DeskHeader, sequence: 80});
