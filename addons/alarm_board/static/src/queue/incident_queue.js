import {
    Component,
    onMounted,
    onPatched,
    useEffect,
    useExternalListener,
    useRef,
    useState,
} from "@odoo/owl";
import {countByFilter, FILTERS, queueOf} from "../model/queue_order";
import {rowWindow, scrollTopToShow} from "../model/row_window";
import {FILTER_LABELS} from "../model/words";
import {QueueRow} from "./queue_row";

/** Pixels; the same as $o-alarm-row-height. */
const ROW_HEIGHT = 64;

/** The open incidents, priority first, then the oldest; only what is visible is drawn. */
export class IncidentQueue extends Component {
    static template = "alarm_board.IncidentQueue";
    static components = {QueueRow};
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
        this.list = useRef("list");
        this.storeState = useState(this.props.store.state);
        this.scroll = useState({top: 0, viewport: 0});
        useExternalListener(window, "resize", () => this.measure());
        onMounted(() => this.measure());
        onPatched(() => this.measure());
        useEffect(
            () => this.reportPainted(),
            () => [this.storeState.revision, this.scroll.top, this.scroll.viewport]
        );
    }

    get queue() {
        const {store, userId, filter, text} = this.props;
        const basis = [this.storeState.revision, filter, text];
        if (
            !this._basis ||
            basis.some((value, index) => value !== this._basis[index])
        ) {
            this._basis = basis;
            this._queue = queueOf(store.rows.open.values(), {
                filter,
                text,
                userId,
                words: (row) => store.words(row),
            });
        }
        return this._queue;
    }

    get counts() {
        void this.storeState.revision;
        return countByFilter(this.props.store.rows.open.values(), this.props.userId);
    }

    get drawn() {
        return rowWindow({
            scrollTop: this.scroll.top,
            viewport: this.scroll.viewport,
            rowHeight: ROW_HEIGHT,
            count: this.queue.length,
        });
    }

    get visibleRows() {
        const {start, end} = this.drawn;
        return this.queue.slice(start, end);
    }

    get heightStyle() {
        return `height: ${this.drawn.height}px`;
    }

    get offsetStyle() {
        return `transform: translateY(${this.drawn.offset}px)`;
    }

    measure() {
        const viewport = this.list.el.clientHeight;
        if (viewport !== this.scroll.viewport) {
            this.scroll.viewport = viewport;
        }
    }

    onScroll() {
        this.scroll.top = this.list.el.scrollTop;
    }

    onKeydown(event) {
        const {length} = this.queue;
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
        const current = this.queue.findIndex((row) => row.id === this.props.selectedId);
        const next = Math.min(
            length - 1,
            Math.max(0, current === -1 && step > 0 ? 0 : current + step)
        );
        this.props.onSelect(this.queue[next].id);
        this.list.el.scrollTop = scrollTopToShow(next, {
            scrollTop: this.list.el.scrollTop,
            viewport: this.list.el.clientHeight,
            rowHeight: ROW_HEIGHT,
        });
    }

    /** Tell of the rows a dispatcher could see, not of those drawn beyond the edge. */
    reportPainted() {
        if (document.visibilityState !== "visible" || !this.scroll.viewport) {
            return;
        }
        const first = Math.floor(this.scroll.top / ROW_HEIGHT);
        const count = Math.ceil(this.scroll.viewport / ROW_HEIGHT);
        this.props.store.painted(this.queue.slice(first, first + count));
    }
}
