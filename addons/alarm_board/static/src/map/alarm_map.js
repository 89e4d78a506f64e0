import {
    Component,
    onMounted,
    onWillUnmount,
    status,
    useEffect,
    useRef,
    useState,
} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {_t} from "@web/core/l10n/translation";
import {useService} from "@web/core/utils/hooks";
import {distanceWords, metresBetween} from "./distance";
import {MapGround} from "./map_ground";

/**
 * A map of places, on tiles where the company has a tile server, or else on blank ground
 * with a scale, rings and distances. It fills the element around it.
 *
 * All places are `{latitude, longitude}` in degrees of WGS 84, whatever the tiles use.
 * Pass a new array when something has changed.
 */
export class AlarmMap extends Component {
    static template = "alarm_board.AlarmMap";
    static props = {
        /**
         * `{id, latitude, longitude, label}`, and where wanted `kind` ("site", "responder",
         * "place"), `tone` ("danger", "warning", "success", "info", "muted"), `icon` ("fa-car"),
         * `caption` (short, beside the pin), `note` (read out after the label), `draggable`
         */
        markers: Array,
        /** `{from: place, to: place}`, and `label` (else the distance), `tone` */
        lines: {type: Array, optional: true},
        /** Middle of the rings on blank ground; without, the first site is it. */
        around: {type: [Object, {value: null}], optional: true},
        /** Rings around the middle, on blank ground. */
        rings: {type: Boolean, optional: true},
        /** Where to look; without, at all markers. */
        center: {type: [Object, {value: null}], optional: true},
        zoom: {type: Number, optional: true},
        selectedId: {optional: true},
        /** What the map is of, for screen readers. */
        label: {type: String, optional: true},
        /** `(id)`: a marker was clicked, or Enter pressed on it. */
        onSelect: {type: Function, optional: true},
        /** `(id, place)`: a draggable marker was dropped there. */
        onMove: {type: Function, optional: true},
        /** `(place)`: the ground was clicked. */
        onPlace: {type: Function, optional: true},
    };
    static defaultProps = {lines: [], rings: true};

    setup() {
        this.maps = useService("alarm_map");
        this.ground = null;
        this.root = useRef("ground");
        this.state = useState({phase: "loading", tiles: false});
        // After mounting, so that what is around the map waits for nothing.
        onMounted(() => this.open());
        useEffect(
            () => this.ground?.draw(this.scene),
            () => [
                this.props.markers,
                this.props.lines,
                this.props.around,
                this.props.center,
                this.props.zoom,
                this.props.selectedId,
                this.state.phase,
            ]
        );
        onWillUnmount(() => {
            this.watch?.disconnect();
            this.ground?.remove();
        });
    }

    async open() {
        let L = null;
        try {
            const [library, settings] = await Promise.all([
                this.maps.library(),
                this.maps.settings(),
            ]);
            L = library;
            this.settings = settings;
        } catch {
            // The distances are still told in words.
            this.state.phase = "failed";
            return;
        }
        if (status(this) === "destroyed") {
            return;
        }
        this.ground = new MapGround(L, this.root.el, this.settings.server, {
            calm: browser.matchMedia("(prefers-reduced-motion: reduce)").matches,
            onSelect: (id) => this.props.onSelect?.(id),
            onMove: (id, place) => this.props.onMove?.(id, place),
            onPlace: (place) => this.props.onPlace?.(place),
        });
        this.watch = new ResizeObserver(() => this.ground.resize());
        this.watch.observe(this.root.el);
        this.state.tiles = Boolean(this.settings.server.url);
        this.state.phase = "ready";
    }

    get scene() {
        const {markers, lines, center, zoom, selectedId} = this.props;
        return {
            markers,
            lines,
            center: center || (markers.length ? null : this.settings?.center),
            zoom,
            selectedId,
            around: this.state.tiles || !this.props.rings ? null : this.middle,
        };
    }

    get label() {
        return this.props.label || _t("Map");
    }

    get middle() {
        return (
            this.props.around ||
            this.props.markers.find((marker) => (marker.kind || "site") === "site") ||
            null
        );
    }

    /** What the map shows, for who does not see it: every place, and how far away it is. */
    get words() {
        const middle = this.middle;
        return this.props.markers.map((marker) => ({
            id: marker.id,
            text:
                middle && marker !== middle
                    ? `${marker.label}: ${distanceWords(metresBetween(middle, marker))}`
                    : marker.label,
        }));
    }

    showAll() {
        this.ground.reframe(this.scene);
    }
}
