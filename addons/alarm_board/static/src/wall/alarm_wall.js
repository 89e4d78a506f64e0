import {
    Component,
    onMounted,
    onWillUnmount,
    useEffect,
    useExternalListener,
    useState,
} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {RPCError} from "@web/core/network/rpc";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {AlarmMap} from "../map/alarm_map";
import {receiverLink, serverLink} from "../model/link";
import {formatMoment} from "../model/words";
import {currentScheme, setScheme} from "../scheme/scheme";
import {StormBadge} from "../storm/storm_badge";
import {WallFeed} from "./wall_feed";
import {WallFigures} from "./wall_figures";
import {WallList} from "./wall_list";
import {isStale} from "./wall_model";
import {mapOf} from "./wall_map";
import {WallPeople} from "./wall_people";
import {WallQueue} from "./wall_queue";
import {WallTests} from "./wall_tests";
import {WallWatch} from "./wall_watch";

const POLL_MS = 5000;
/** Many changes in one breath are one question. */
const AFTER_CHANGE_MS = 1000;

/** The screen on the wall: how the centre stands, to be read from across the room. */
export class AlarmWall extends Component {
    static template = "alarm_board.AlarmWall";
    static components = {
        AlarmMap,
        StormBadge,
        WallFeed,
        WallFigures,
        WallList,
        WallPeople,
        WallQueue,
        WallTests,
        WallWatch,
    };
    static props = {...standardActionServiceProps};
    static displayName = _t("Alarm Wall");

    setup() {
        this.store = useService("alarm_board");
        this.notification = useService("notification");
        this.action = useService("action");
        useService("title").setParts({action: AlarmWall.displayName.toString()});
        this.storeState = useState(this.store.state);
        this.state = useState({
            wall: null,
            map: {markers: [], lines: [], legend: []},
            heardMs: null,
            failure: null,
            offset: 0,
            full: Boolean(document.fullscreenElement),
            scheme: currentScheme(),
        });
        this._asking = false;
        this._nextAt = 0;
        onMounted(() => this.store.open());
        onWillUnmount(() => {
            this._gone = true;
            this.store.leave();
        });
        // The board's clock ticks once a second, also in a tab that nobody looks at.
        useEffect(
            () => this.tick(),
            () => [this.storeState.nowMs]
        );
        useEffect(
            () => {
                this._nextAt = Math.min(this._nextAt, Date.now() + AFTER_CHANGE_MS);
            },
            () => [this.storeState.revision]
        );
        useExternalListener(document, "fullscreenchange", () => {
            this.state.full = Boolean(document.fullscreenElement);
        });
    }

    /** Now on the server's clock, milliseconds. */
    get nowMs() {
        return this.storeState.nowMs + this.state.offset;
    }

    get clock() {
        return new Date(this.storeState.nowMs).toLocaleTimeString([], {hour12: false});
    }

    /** What is shown may be wrong: the figures are old, or changes are not heard of. */
    get stale() {
        return (
            isStale(this.state, this.storeState.nowMs) ||
            serverLink(this.storeState) === "lost"
        );
    }

    get silent() {
        return this.state.wall.receivers
            .filter((receiver) => receiverLink(receiver, this.nowMs).level === "silent")
            .map(({name}) => name)
            .join(", ");
    }

    get staleWords() {
        const {heardMs} = this.state;
        return heardMs === null
            ? _t("Nothing has been heard yet.")
            : _t(
                  "What is shown is from %s.",
                  formatMoment(heardMs, this.storeState.nowMs)
              );
    }

    get overdue() {
        const {late, idle} = this.state.wall;
        return {
            count: late.count + idle.count,
            rows: [
                ...late.rows.map((row) => ({...row, kind: "late"})),
                ...idle.rows.map((row) => ({...row, kind: "idle"})),
            ],
        };
    }

    tick() {
        // Never further away than one pause: somebody may set the clock back.
        this._nextAt = Math.min(this._nextAt, Date.now() + POLL_MS);
        if (Date.now() >= this._nextAt && !this._asking) {
            this.load();
        }
    }

    async load() {
        this._asking = true;
        this._nextAt = Date.now() + POLL_MS;
        try {
            const wall = await this.store.call("wall", [], {model: "alarm.wall"});
            if (!this._gone) {
                this.show(wall);
            }
        } catch (error) {
            this.state.failure =
                error instanceof RPCError ? error.data?.message || error.message : "";
        } finally {
            this._asking = false;
        }
    }

    show(wall) {
        const map = mapOf(wall);
        Object.assign(this.state, {
            wall,
            heardMs: Date.now(),
            failure: null,
            offset: Date.parse(wall.now) - Date.now(),
        });
        // The map is drawn anew only when something on it is new.
        if (JSON.stringify(map) !== JSON.stringify(this.state.map)) {
            this.state.map = map;
        }
    }

    get fullWords() {
        return this.state.full ? _t("Leave full screen") : _t("Full screen");
    }

    toggleScheme() {
        this.state.scheme = this.state.scheme === "dark" ? "light" : "dark";
        setScheme(this.state.scheme);
    }

    async toggleFull() {
        try {
            await (this.state.full
                ? document.exitFullscreen()
                : document.documentElement.requestFullscreen());
        } catch {
            // A browser may be set up to refuse it, and a frame around the page does.
            this.notification.add(_t("The browser does not allow it."), {
                type: "warning",
            });
        }
    }

    leave() {
        this.action.doAction("alarm_board.alarm_board_action", {
            clearBreadcrumbs: true,
        });
    }

    openIncident(id) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "alarm.incident",
            res_id: id,
            views: [[false, "form"]],
            target: "new",
        });
    }

    onMapSelect(markerId) {
        const [kind, id] = String(markerId).split("/");
        if (kind === "site") {
            this.openIncident(Number(id));
        }
    }
}

registry.category("actions").add("alarm_board_wall", AlarmWall);
