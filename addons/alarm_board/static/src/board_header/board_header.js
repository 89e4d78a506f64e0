import {Component, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {user} from "@web/core/user";
import {LinkState} from "../link_state/link_state";
import {ageSeconds, formatAge, serverNowMs} from "../model/age";
import {serverLink} from "../model/link";
import {countByPriority} from "../model/queue_order";
import {PRIORITIES} from "../model/words";
import {currentScheme, setScheme} from "../scheme/scheme";
import {desktopTrouble} from "../services/alarm_desktop_service";
import {headerParts} from "./header_parts";

/** Seconds without a word of the server after which its time is not trusted any more. */
const CLOCK_DOUBTED_AFTER = 8;

/** What is always visible: who I am, what waits, who is connected, and that time goes on. */
export class BoardHeader extends Component {
    static template = "alarm_board.BoardHeader";
    static components = {LinkState};
    static props = {
        store: Object,
        onStartShift: Function,
        onToggleSound: Function,
        onHelp: Function,
    };

    setup() {
        this.priorities = PRIORITIES;
        this.parts = headerParts();
        this.userName = user.name;
        this.storeState = useState(this.props.store.state);
        this.state = useState({scheme: currentScheme()});
    }

    toggleScheme() {
        this.state.scheme = this.state.scheme === "dark" ? "light" : "dark";
        setScheme(this.state.scheme);
    }

    get counts() {
        void this.storeState.revision;
        return countByPriority(this.props.store.rows.queue, PRIORITIES);
    }

    get clock() {
        return luxon.DateTime.fromMillis(serverNowMs(this.storeState));
    }

    /** How long nothing was heard, once the clock goes on by itself only. */
    get clockDoubt() {
        const {heardAt, nowMs} = this.storeState;
        const age = ageSeconds(heardAt, nowMs);
        const doubted = serverLink(this.storeState) === "lost" || age === null;
        return doubted || age >= CLOCK_DOUBTED_AFTER ? formatAge(age) : "";
    }

    get soundIcon() {
        const {soundOn, soundRefused} = this.storeState;
        return soundOn && !soundRefused ? "fa-volume-up" : "fa-volume-off";
    }

    get soundLabel() {
        const {soundOn, soundRefused} = this.storeState;
        if (soundRefused) {
            return _t("Sound blocked").toString();
        }
        return (soundOn ? _t("Sound on") : _t("Sound off")).toString();
    }

    /** Why an alarm would not be seen while another program is in front. */
    get desktopTrouble() {
        const {shiftStarted, desktop} = this.storeState;
        return shiftStarted ? desktopTrouble(desktop) : "";
    }
}
