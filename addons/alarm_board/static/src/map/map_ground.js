import {_t} from "@web/core/l10n/translation";
import {distanceWords, metresBetween, ringRadii} from "./distance";
import {toDisplay, toStored} from "./datum";

/** How close to look when there is but one place to look at. */
const CLOSE = 16;
const PLAN_CLOSE = 15;
const FARTHEST_ZOOM = 3;

/**
 * One Leaflet map and what is drawn on it. Everything that comes in or goes out is a place
 * as stored (WGS 84); only this class knows where the tiles want it.
 */
export class MapGround {
    /**
     * @param {object} L Leaflet
     * @param {HTMLElement} element
     * @param {TileServer} server
     * @param {{onSelect: Function, onMove: Function, onPlace: Function, calm: boolean}} options
     */
    constructor(L, element, server, options) {
        this.L = L;
        this.server = server;
        this.options = options;
        this.pins = new Map();
        /** The user looks at something else than what we would show. */
        this.moved = false;
        this._framed = "";
        this.map = L.map(element, {
            attributionControl: false,
            zoomControl: false,
            scrollWheelZoom: false,
            // Tiles are sharp at whole steps; blank ground always is.
            zoomSnap: server.url ? 1 : 0.25,
            zoomDelta: server.url ? 1 : 0.5,
            minZoom: FARTHEST_ZOOM,
            maxZoom: server.maxZoom,
            zoomAnimation: !options.calm,
            fadeAnimation: !options.calm,
            markerZoomAnimation: !options.calm,
            inertia: !options.calm,
        });
        L.control
            .zoom({zoomInTitle: _t("Zoom in"), zoomOutTitle: _t("Zoom out")})
            .addTo(this.map);
        L.control.scale({imperial: false}).addTo(this.map);
        if (server.url) {
            this._layTiles();
        }
        this.drawn = L.layerGroup().addTo(this.map);
        // The wheel belongs to the page until somebody works with the map.
        this.map.on("focus", () => this.map.scrollWheelZoom.enable());
        this.map.on("blur", () => this.map.scrollWheelZoom.disable());
        this.map.on("dragstart", () => (this.moved = true));
        this.map.on("click", (event) => options.onPlace(this._stored(event.latlng)));
        // The keys that move the map do not move anything else.
        L.DomEvent.on(element, "keydown", (event) => {
            if (/^(Arrow|[+=-]$)/.test(event.key)) {
                event.stopPropagation();
            }
        });
    }

    _layTiles() {
        const {L, server} = this;
        L.tileLayer(server.url, {
            subdomains: server.subdomains,
            maxZoom: server.maxZoom,
        }).addTo(this.map);
        if (server.attribution) {
            const words = document.createElement("span");
            words.textContent = server.attribution;
            L.control
                .attribution({prefix: false})
                .addAttribution(words.innerHTML)
                .addTo(this.map);
        }
    }

    /**
     * @param {object} scene `markers`, `lines`, `around`, `selectedId`, `center`, `zoom` as
     *  the properties of `AlarmMap`
     */
    draw(scene) {
        this.drawn.clearLayers();
        // First, because a map that looks nowhere cannot measure.
        this._frame(scene);
        if (scene.around) {
            this._drawRings(scene);
        }
        for (const line of scene.lines) {
            this._drawLine(line);
        }
        this._drawPins(scene);
    }

    /** Show everything again, whatever the user has looked at. */
    reframe(scene) {
        this.moved = false;
        this._framed = "";
        this._frame(scene);
    }

    resize() {
        this.map.invalidateSize({pan: false});
    }

    remove() {
        this.map.remove();
    }

    _shown(place) {
        const {latitude, longitude} = toDisplay(this.server.datum, place);
        return this.L.latLng(latitude, longitude);
    }

    _stored({lat, lng}) {
        return toStored(this.server.datum, {latitude: lat, longitude: lng});
    }

    // Pins stay while they are known, so that the one that has the focus keeps it.

    _drawPins({markers, selectedId}) {
        const known = new Set(markers.map((marker) => marker.id));
        for (const [id, pin] of this.pins) {
            if (!known.has(id)) {
                pin.remove();
                this.pins.delete(id);
            }
        }
        for (const marker of markers) {
            const looks = JSON.stringify([marker, marker.id === selectedId]);
            let pin = this.pins.get(marker.id);
            if (pin && pin.looks === looks) {
                continue;
            }
            const focused = pin?.getElement() === document.activeElement;
            pin?.remove();
            pin = this._makePin(marker, marker.id === selectedId);
            pin.looks = looks;
            this.pins.set(marker.id, pin);
            if (focused) {
                pin.getElement().focus();
            }
        }
    }

    _makePin(marker, selected) {
        const {L} = this;
        const pin = L.marker(this._shown(marker), {
            icon: L.divIcon({
                className: [
                    "o_alarm_pin",
                    `o_alarm_pin_${marker.kind || "site"}`,
                    marker.tone ? `o_alarm_pin_tone_${marker.tone}` : "",
                    selected ? "o_alarm_pin_selected" : "",
                ].join(" "),
                html: pinFace(marker),
                iconSize: null,
            }),
            draggable: Boolean(marker.draggable),
            title: marker.label,
            zIndexOffset: selected ? 1000 : marker.kind === "site" ? 500 : 0,
        }).addTo(this.map);
        const element = pin.getElement();
        element.setAttribute(
            "aria-label",
            [marker.label, marker.note].filter(Boolean).join(", ")
        );
        element.dataset.markerId = marker.id;
        pin.on("click", () => this.options.onSelect(marker.id));
        L.DomEvent.on(element, "keydown", (event) => {
            if (event.key === "Enter" || event.key === " ") {
                L.DomEvent.stop(event);
                this.options.onSelect(marker.id);
            }
        });
        pin.on("dragstart", () => (this.moved = true));
        pin.on("dragend", () =>
            this.options.onMove(marker.id, this._stored(pin.getLatLng()))
        );
        return pin;
    }

    _drawLine(line) {
        const metres = metresBetween(line.from, line.to);
        this.L.polyline([this._shown(line.from), this._shown(line.to)], {
            className: `o_alarm_map_line ${line.tone ? `o_alarm_map_line_${line.tone}` : ""}`,
            interactive: false,
        })
            .addTo(this.drawn)
            .bindTooltip(textNode(line.label || distanceWords(metres)), {
                permanent: true,
                direction: "center",
                className: "o_alarm_map_distance",
            });
    }

    _drawRings({around, markers}) {
        const middle = this._shown(around);
        const farthest = Math.max(
            0,
            ...markers.map((marker) => metresBetween(around, marker))
        );
        for (const radius of ringRadii(farthest)) {
            const ring = this.L.circle(middle, {
                radius,
                className: "o_alarm_map_ring",
                interactive: false,
            }).addTo(this.drawn);
            this.L.tooltip({
                permanent: true,
                direction: "center",
                className: "o_alarm_map_distance",
            })
                .setLatLng([ring.getBounds().getNorth(), middle.lng])
                .setContent(textNode(distanceWords(radius)))
                .addTo(this.drawn);
        }
    }

    /** Look at everything; again only when something else is there to look at. */
    _frame({markers, around, center, zoom}) {
        const what = JSON.stringify([markers.map((marker) => marker.id), center, zoom]);
        if (what === this._framed || (this._framed && this.moved)) {
            return;
        }
        this._framed = what;
        const close =
            zoom || Math.min(this.server.url ? CLOSE : PLAN_CLOSE, this.server.maxZoom);
        const places = markers.map((marker) => this._shown(marker));
        if (center) {
            this.map.setView(this._shown(center), close, {animate: false});
        } else if (places.length) {
            const bounds = this.L.latLngBounds(places);
            if (around && places.length > 1) {
                bounds.extend(this._shown(around));
            }
            this.map.fitBounds(bounds, {
                maxZoom: close,
                padding: [48, 48],
                animate: false,
            });
        } else {
            this.map.setView([0, 0], FARTHEST_ZOOM, {animate: false});
        }
    }
}

function pinFace(marker) {
    const face = document.createElement("div");
    face.className = "o_alarm_pin_face";
    const icon = document.createElement("i");
    icon.className = `fa ${marker.icon || "fa-home"}`;
    icon.setAttribute("aria-hidden", "true");
    face.append(icon);
    if (marker.caption) {
        const caption = document.createElement("span");
        caption.className = "o_alarm_pin_caption";
        caption.textContent = marker.caption;
        face.append(caption);
    }
    return face;
}

function textNode(text) {
    const element = document.createElement("span");
    element.textContent = text;
    return element;
}
