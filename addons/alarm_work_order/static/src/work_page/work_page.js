import {
    Component,
    onMounted,
    onWillUnmount,
    useExternalListener,
    useState,
} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";
import {useService} from "@web/core/utils/hooks";
import {session} from "@web/session";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {Kept} from "./model/kept";
import {WorkStore} from "./model/work_store";
import {OrderList} from "./order_list";
import {OrderSheet} from "./order_sheet";

const {DateTime} = luxon;

/** A tab that comes back to the front after so long reads anew. */
const STALE_MS = 60000;

/** The page of a crew: its orders, one at a time, made for a thumb and for bad networks. */
export class WorkPage extends Component {
    static template = "alarm_work_order.WorkPage";
    static components = {OrderList, OrderSheet};
    static props = {...standardActionServiceProps};
    static displayName = _t("My Work");

    setup() {
        const orm = useService("orm");
        useService("title").setParts({action: WorkPage.displayName.toString()});
        this.store = new WorkStore({
            call: (method, args) => orm.silent.call("alarm.work.order", method, args),
            storage: browser.localStorage,
            owner: `${session.db}.${user.userId}`,
            newKey: () => crypto.randomUUID?.() || fallbackKey(),
            later: (run, ms) => browser.setTimeout(run, ms),
            never: (timer) => browser.clearTimeout(timer),
        });
        this.storeState = useState(this.store.state);
        this._opened = new Kept(
            browser.sessionStorage,
            `${this.store.prefix}.opened`,
            0
        );
        this.state = useState({openedId: this._opened.value});
        this._loadedMs = 0;
        onMounted(() => this.load());
        onWillUnmount(() => this.store.close());
        useExternalListener(window, "online", () => this.store.wake());
        useExternalListener(window, "storage", (ev) => {
            if (ev.key?.startsWith(this.store.prefix)) {
                this.store.reread();
            }
        });
        useExternalListener(document, "visibilitychange", () => {
            if (!document.hidden && Date.now() - this._loadedMs > STALE_MS) {
                this.load();
            }
        });
    }

    load() {
        this._loadedMs = Date.now();
        return this.store.wake();
    }

    get opened() {
        return this.storeState.orders.find((order) => order.id === this.state.openedId);
    }

    open(id) {
        this.state.openedId = id;
        this._opened.write(id);
    }

    get copyTime() {
        const {at} = this.storeState;
        return at ? DateTime.fromISO(at).toFormat("HH:mm") : "–";
    }

    get offlineText() {
        return _t(
            "No network: this is the copy of %s. What you type is kept and sent later.",
            this.copyTime
        );
    }

    /** @returns {{kind: string, text: string}} in what state the link to the server is */
    get link() {
        const {trouble, waiting, sending} = this.storeState;
        if (trouble === "offline") {
            return {
                kind: "offline",
                text: waiting.length
                    ? _t("%s not sent yet", waiting.length)
                    : _t("No network"),
            };
        }
        if (trouble === "session") {
            return {kind: "offline", text: _t("Logged out")};
        }
        if (sending || waiting.length) {
            return {kind: "sending", text: _t("Sending…")};
        }
        return {kind: "saved", text: _t("All saved")};
    }
}

/** Where the page came over plain HTTP a browser makes no UUID. */
function fallbackKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

registry.category("actions").add("alarm_work_page", WorkPage);
