import {
    Component,
    onMounted,
    onPatched,
    useEffect,
    useExternalListener,
    useRef,
    useState,
} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {DENSITIES, itemsOf} from "../model/queue_groups";
import {countByFilter, FILTERS, isWaiting, queueOf} from "../model/queue_order";
import {rowWindow, scrollTopToShow} from "../model/row_window";
import {DENSITY_LABELS, FILTER_LABELS, LIST_LABELS} from "../model/words";
import {GroupHead} from "./group_head";
import {QueueNarrowing} from "./queue_narrowing";
import {QueueRow} from "./queue_row";
import {SideList} from "./side_list";

/** Pixels; the same as $o-alarm-row-height and $o-alarm-row-height-compact. */
const ROW_HEIGHT = 64;
const ROW_HEIGHT_COMPACT = 38;
const DENSITY_SETTING = "alarm_board.density";
const COMPACT_SETTING = "alarm_board.compact";

/** The open incidents, priority first, then the oldest; only what is visible is drawn. */
export class IncidentQueue extends Component {
    static template = "alarm_board.IncidentQueue";
    static components = {GroupHead, QueueNarrowing, QueueRow, SideList};
    static props = {
        store: Object,
        userId: Number,
        selectedId: {type: [Number, {value: null}]},
        openedId: {type: [Number, {value: null}]},
        filter: String,
        text: String,
        busy: Boolean,
        onFilter: Function,
        onText: Function,
        onSelect: Function,
        onOpen: Function,
        onTake: Function,
    };

    setup() {
        this.filters = FILTERS;
        this.filterLabels = FILTER_LABELS;
        this.lists = Object.keys(LIST_LABELS);
        this.listLabels = LIST_LABELS;
        this.densities = DENSITIES;
        this.densityLabels = DENSITY_LABELS;
        this.list = useRef("list");
        this.storeState = useState(this.props.store.state);
        this.scroll = useState({top: 0, viewport: 0});
        const density = browser.localStorage.getItem(DENSITY_SETTING);
        this.view = useState({
            area: "",
            group: "",
            density: DENSITIES.includes(density) ? density : "subscriber",
            compact: browser.localStorage.getItem(COMPACT_SETTING) === "yes",
            /** Grows when a group is opened or closed. */
            folded: 0,
        });
        this.collapsed = new Set();
        useExternalListener(window, "resize", () => this.measure());
        onMounted(() => this.measure());
        onPatched(() => this.measure());
        useEffect(
            () => this.reportPainted(),
            () => [this.storeState.revision, this.scroll.top, this.scroll.viewport]
        );
    }

    get isSideList() {
        return this.props.filter in LIST_LABELS;
    }

    get rowHeight() {
        return this.view.compact ? ROW_HEIGHT_COMPACT : ROW_HEIGHT;
    }

    /** What passes the filters, sorted, and the same as lines with the heads of groups. */
    get shown() {
        const {store, userId, filter, text} = this.props;
        const {area, group, density, folded} = this.view;
        const basis = [
            this.storeState.revision,
            filter,
            text,
            area,
            group,
            density,
            folded,
        ];
        if (
            !this._basis ||
            basis.some((value, index) => value !== this._basis[index])
        ) {
            this._basis = basis;
            const queue = queueOf(store.rows.queue, {
                filter,
                text,
                userId,
                area,
                group,
                groupOf: (row) => store.groupOf(row),
                words: (row) => store.words(row),
            });
            this._shown = {queue, items: itemsOf(queue, density, this.collapsed)};
        }
        return this._shown;
    }

    get items() {
        return this.shown.items;
    }

    get counts() {
        void this.storeState.revision;
        return countByFilter(this.props.store.rows.queue, this.props.userId);
    }

    /** Incidents that nobody has taken and that the filters keep out of sight. */
    get hiddenWaiting() {
        if (this.isSideList) {
            return this.storeState.waiting;
        }
        // Counted as the store does: what is being taken does not wait.
        const {waiting, pending} = this.storeState;
        const seen = this.shown.queue.filter(
            (row) => isWaiting(row) && !pending[row.id]
        );
        return waiting - seen.length;
    }

    get drawn() {
        return rowWindow({
            scrollTop: this.scroll.top,
            viewport: this.scroll.viewport,
            rowHeight: this.rowHeight,
            count: this.items.length,
        });
    }

    get visibleItems() {
        const {start, end} = this.drawn;
        return this.items.slice(start, end);
    }

    /** Only what is in the page can be pointed to. */
    get activeDescendant() {
        const {selectedId} = this.props;
        return this.visibleItems.some(({row}) => row && row.id === selectedId)
            ? `o_alarm_row_${selectedId}`
            : undefined;
    }

    get heightStyle() {
        return `height: ${this.drawn.height}px`;
    }

    get offsetStyle() {
        return `transform: translateY(${this.drawn.offset}px)`;
    }

    measure() {
        const viewport = this.list.el?.clientHeight || 0;
        if (viewport !== this.scroll.viewport) {
            this.scroll.viewport = viewport;
        }
    }

    onScroll() {
        this.scroll.top = this.list.el.scrollTop;
    }

    setDensity(density) {
        this.view.density = density;
        browser.localStorage.setItem(DENSITY_SETTING, density);
    }

    toggleCompact() {
        this.view.compact = !this.view.compact;
        browser.localStorage.setItem(COMPACT_SETTING, this.view.compact ? "yes" : "no");
    }

    showAll() {
        this.props.onFilter("all");
        this.props.onText("");
        Object.assign(this.view, {area: "", group: ""});
    }

    toggleGroup(key) {
        this.foldGroup(key, !this.collapsed.has(key));
    }

    foldGroup(key, collapsed) {
        if (collapsed) {
            this.collapsed.add(key);
        } else {
            this.collapsed.delete(key);
        }
        this.view.folded += 1;
    }

    onKeydown(event) {
        if (["ArrowLeft", "ArrowRight"].includes(event.key)) {
            this.foldSelected(event);
            return;
        }
        const {length} = this.items;
        const step = {
            ArrowDown: 1,
            ArrowUp: -1,
            PageDown: 8,
            PageUp: -8,
            Home: -length,
            End: length,
        }[event.key];
        if (!step || !length) {
            return;
        }
        event.preventDefault();
        const current = this.indexOfSelected();
        let next = Math.min(
            length - 1,
            Math.max(0, current === -1 && step > 0 ? 0 : current + step)
        );
        if (this.items[next].group && !this.items[next].group.collapsed) {
            // The head of an open group says nothing that its rows do not.
            next = step < 0 && next > 0 ? next - 1 : next + 1;
        }
        this.props.onSelect((this.items[next].row || this.items[next].group.first).id);
        this.list.el.scrollTop = scrollTopToShow(next, {
            scrollTop: this.list.el.scrollTop,
            viewport: this.list.el.clientHeight,
            rowHeight: this.rowHeight,
        });
    }

    indexOfSelected() {
        const {selectedId} = this.props;
        return this.items.findIndex(({row, group}) =>
            row
                ? row.id === selectedId
                : group.collapsed && group.first.id === selectedId
        );
    }

    /** Close the group of the selected row, or open it. */
    foldSelected(event) {
        const index = this.indexOfSelected();
        const item = this.items[index];
        if (!item) {
            return;
        }
        const heads = this.items.slice(0, index + 1).filter(({group}) => group);
        const head = item.group || item.inGroup ? heads.at(-1) : null;
        if (head) {
            event.preventDefault();
            this.foldGroup(head.key, event.key === "ArrowLeft");
            if (event.key === "ArrowLeft") {
                this.props.onSelect(head.group.first.id);
            }
        }
    }

    /** Tell of the rows a dispatcher could see, not of those drawn beyond the edge. */
    reportPainted() {
        if (document.visibilityState !== "visible" || !this.scroll.viewport) {
            return;
        }
        const first = Math.floor(this.scroll.top / this.rowHeight);
        const count = Math.ceil(this.scroll.viewport / this.rowHeight);
        const rows = this.items
            .slice(first, first + count)
            .map(({row, group}) => row || group.first);
        this.props.store.painted(rows);
    }
}
