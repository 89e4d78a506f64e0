import {
    Component,
    onMounted,
    onWillUnmount,
    onWillUpdateProps,
    useState,
} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useBus, useService} from "@web/core/utils/hooks";
import {inOrder, merged, newFindings} from "./model/walk";

/** What else changes with a tick, as what the acceptance waits for, is read a moment later. */
const SETTLE_MS = 1500;

/** The walk-test matrix: ticked by what the centre receives, live. */
export class WalkSection extends Component {
    static template = "alarm_work_order.WalkSection";
    static props = {order: Object, store: Object};

    setup() {
        this.orm = useService("orm");
        this.bus = useService("bus_service");
        this.storeState = useState(this.props.store.state);
        this.state = useState({openId: 0, correctId: 0, fresh: []});
        this._hear = (message) => this.hear(message);
        this._timer = null;
        this.bus.subscribe("alarm_work_order/walk_test", this._hear);
        useBus(this.bus, "BUS:RECONNECT", () => this.refresh());
        onMounted(() => {
            this._listen(this.props.order.id);
            this.refresh();
        });
        onWillUpdateProps((next) => {
            if (next.order.id !== this.props.order.id) {
                this._leave();
                this._listen(next.order.id);
            }
        });
        onWillUnmount(() => {
            browser.clearTimeout(this._timer);
            this.bus.unsubscribe("alarm_work_order/walk_test", this._hear);
            this._leave();
        });
    }

    _listen(id) {
        this._channel = `alarm_walk_test:${id}`;
        this.bus.addChannel(this._channel);
    }

    _leave() {
        this.bus.deleteChannel(this._channel);
    }

    get walk() {
        return this.props.order.walk;
    }

    get isOpen() {
        return this.props.order.state === "testing";
    }

    get lines() {
        return inOrder(this.walk.lines, this.walk.awaited);
    }

    get findings() {
        return this.walk.findings.filter((finding) => !finding.resolution);
    }

    /** Lines that a finding may be of: of the same panel, and of a zone. */
    get zones() {
        return this.walk.lines.filter((line) => line.number);
    }

    hear(message) {
        const {order, store} = this.props;
        if (message.id !== order.id) {
            return;
        }
        const fresh = newFindings(order.walk, message);
        store.receive({...order, walk: merged(order.walk, message)});
        if (fresh.length) {
            this.state.fresh = fresh;
            shake();
        }
        browser.clearTimeout(this._timer);
        this._timer = browser.setTimeout(() => this.refresh(), SETTLE_MS);
    }

    /** Without network the page shows what it has; the store says so. */
    async refresh() {
        const {order, store} = this.props;
        try {
            const [id] = [order.id];
            store.receive(
                await this.orm.silent.call("alarm.work.order", "work_walk", [id])
            );
        } catch {
            await store.load();
        }
    }

    toggle(line) {
        this.state.openId = this.state.openId === line.id ? 0 : line.id;
        this.state.correctId = 0;
    }

    ask(line, what, values = {}) {
        this.state.openId = 0;
        this.state.correctId = 0;
        return this.props.store.send(
            this.props.order.id,
            "walk",
            {id: line.id, what, ...values},
            {field: `walk/${line.id}/${what}`}
        );
    }

    correct(line, ev) {
        const form = new FormData(ev.target);
        const values = {};
        for (const name of ["number", "name", "position"]) {
            const value = (form.get(name) || "").trim();
            if (value !== (line[name] || "")) {
                values[name] = value;
            }
        }
        if (Object.keys(values).length) {
            return this.ask(line, "correct", {values});
        }
        this.state.correctId = 0;
        return false;
    }

    explain(finding, ev) {
        const remark = (new FormData(ev.target).get("remark") || "").trim();
        return remark && this.settle(finding, {remark});
    }

    assign(finding, id) {
        return id && this.settle(finding, {line: Number(id)});
    }

    settle(finding, values) {
        return this.props.store.send(
            this.props.order.id,
            "finding",
            {id: finding.id, ...values},
            {field: `finding/${finding.id}`}
        );
    }

    moreTest(minutes) {
        return this.props.store.send(this.props.order.id, "more_test", {minutes});
    }

    time(text) {
        if (!text) {
            return "";
        }
        return luxon.DateTime.fromSQL(text, {zone: "utc"})
            .toLocal()
            .toFormat("HH:mm:ss");
    }
}

/** Whoever looks at the detector feels that something is wrong; where the phone can do that. */
function shake() {
    try {
        browser.navigator.vibrate?.([200, 100, 200]);
    } catch {
        // It is on the screen all the same.
    }
}

registry.category("alarm_work_sections").add("walk_test", {
    Component: WalkSection,
    sequence: 60,
    label: _t("Walk Test"),
    isShown: (order) => order.walk?.lines.length > 0,
    note: (order) => `${order.walk.passed} / ${order.walk.count}`,
});
