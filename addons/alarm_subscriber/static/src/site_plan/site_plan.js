import {Component, onWillUpdateProps, useRef, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {detectorLook} from "./detector_types";

const STEP = 0.005;
const BIG_STEP = 0.05;
const ARROWS = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, -1],
    ArrowDown: [0, 1],
};
// A hand that only clicks trembles less than this, in pixels.
const TREMBLE = 3;

/** Within the picture, and no finer than what is stored. */
function place(value) {
    return Math.round(Math.min(1, Math.max(0, value)) * 1e5) / 1e5;
}

function isPlaced(zone) {
    return zone.x !== null && zone.x !== undefined;
}

/**
 * A picture of the premises with the zones on it as numbered markers.
 *
 * Zones are `{id, number, name, type, type_label, position, plan, x, y}` as
 * `alarm.site.plan.layout` gives them; x and y are parts of the picture (0 to 1) from its upper
 * left corner, null for a zone that is not on this plan. Without `onPlace` the plan is read only.
 */
export class SitePlan extends Component {
    static template = "alarm_subscriber.SitePlan";
    static props = {
        imageUrl: {type: String},
        zones: {type: Array},
        highlight: {type: [Number, {value: false}], optional: true},
        name: {type: String, optional: true},
        // (zone id, x, y), both null to take it off
        onPlace: {type: Function, optional: true},
        onSelect: {type: Function, optional: true},
    };
    static defaultProps = {highlight: false, name: ""};

    setup() {
        this.picture = useRef("picture");
        // `drag`: where the zone in the hand is just now; nobody else hears of it before it is put
        // down.
        this.state = useState({drag: null, armed: null, selected: null, broken: false});
        onWillUpdateProps((next) => {
            if (next.imageUrl !== this.props.imageUrl) {
                this.state.broken = false;
            }
        });
    }

    get readonly() {
        return !this.props.onPlace;
    }

    /** With the one in the hand, so that it is seen where it would come to lie. */
    get placed() {
        const {drag} = this.state;
        return this.props.zones.filter(
            (zone) => isPlaced(zone) || (drag?.inside && drag.id === zone.id)
        );
    }

    get unplaced() {
        return this.props.zones.filter((zone) => !isPlaced(zone));
    }

    get hint() {
        if (this.state.armed) {
            return _t("Now click the place in the picture.");
        }
        return _t(
            "Drag a zone onto the picture, or click it and then the place. Arrow keys move the selected zone, with Shift in bigger steps; Delete takes it off."
        );
    }

    look(zone) {
        return detectorLook(zone.type);
    }

    title(zone) {
        return [`${zone.number} ${zone.name}`, zone.type_label, zone.position]
            .filter(Boolean)
            .join("\n");
    }

    markerClass(zone) {
        const classes = [`o_alarm_family_${this.look(zone).family}`];
        if (this.props.highlight) {
            classes.push(
                zone.id === this.props.highlight
                    ? "o_alarm_highlight"
                    : "o_alarm_dimmed"
            );
        }
        if (zone.id === this.state.selected) {
            classes.push("o_alarm_selected");
        }
        return classes.join(" ");
    }

    markerStyle(zone) {
        const {drag} = this.state;
        const at = drag && drag.id === zone.id ? drag : zone;
        return `left: ${at.x * 100}%; top: ${at.y * 100}%;`;
    }

    /** Where in the picture the pointer is; outside of it parts below 0 or above 1. */
    partsAt(ev) {
        const box = this.picture.el.getBoundingClientRect();
        return [
            (ev.clientX - box.left) / box.width,
            (ev.clientY - box.top) / box.height,
        ];
    }

    put(id, x, y) {
        this.props.onPlace(id, place(x), place(y));
    }

    select(zone) {
        this.state.selected = zone.id;
        this.props.onSelect?.(zone.id);
    }

    onMarkerDown(zone, ev) {
        this.select(zone);
        if (this.readonly || ev.button) {
            return;
        }
        this.state.armed = null;
        this.begin(zone, ev, zone.x, zone.y);
    }

    onUnplacedDown(zone, ev) {
        if (!this.readonly && !ev.button) {
            this.begin(zone, ev, null, null);
        }
    }

    begin(zone, ev, x, y) {
        this.state.drag = {
            id: zone.id,
            x,
            y,
            startX: ev.clientX,
            startY: ev.clientY,
            far: false,
            inside: false,
        };
        ev.currentTarget.setPointerCapture?.(ev.pointerId);
    }

    onMove(ev) {
        const {drag} = this.state;
        if (!drag) {
            return;
        }
        const way = Math.hypot(ev.clientX - drag.startX, ev.clientY - drag.startY);
        if (!drag.far && way < TREMBLE) {
            return;
        }
        drag.far = true;
        const [x, y] = this.partsAt(ev);
        drag.inside = x >= 0 && x <= 1 && y >= 0 && y <= 1;
        [drag.x, drag.y] = [place(x), place(y)];
    }

    /** Put down: outside of the picture a zone that was on it stays at the edge. */
    onUp(zone, ev) {
        const {drag} = this.state;
        if (!drag) {
            return;
        }
        this.onMove(ev);
        this.state.drag = null;
        const wasPlaced = isPlaced(zone);
        if (drag.far && (wasPlaced || drag.inside)) {
            this.state.selected = zone.id;
            this.put(zone.id, drag.x, drag.y);
        } else if (!drag.far && !wasPlaced) {
            this.state.armed = this.state.armed === zone.id ? null : zone.id;
        }
    }

    onCancel() {
        this.state.drag = null;
    }

    onPictureClick(ev) {
        if (!this.state.armed) {
            return;
        }
        const id = this.state.armed;
        this.state.armed = null;
        this.state.selected = id;
        this.put(id, ...this.partsAt(ev));
    }

    onUnplacedKey(zone, ev) {
        if (!this.readonly && (ev.key === "Enter" || ev.key === " ")) {
            ev.preventDefault();
            this.state.selected = zone.id;
            this.put(zone.id, 0.5, 0.5);
        }
    }

    onMarkerKey(zone, ev) {
        if (this.readonly) {
            return;
        }
        const arrow = ARROWS[ev.key];
        if (arrow) {
            const step = ev.shiftKey ? BIG_STEP : STEP;
            this.state.selected = zone.id;
            this.put(zone.id, zone.x + arrow[0] * step, zone.y + arrow[1] * step);
        } else if (ev.key === "Delete" || ev.key === "Backspace") {
            this.state.selected = null;
            this.props.onPlace(zone.id, null, null);
        } else {
            return;
        }
        // Arrows would scroll the page.
        ev.preventDefault();
        ev.stopPropagation();
    }
}
