import {registry} from "@web/core/registry";
import {STATE_LABELS} from "../model/words";

/**
 * What the map of the wall shows. Other modules add to the registry category
 * "alarm_wall_map" a function
 *
 *     (wall) => ({markers, lines, legend})
 *
 * with markers and lines as `AlarmMap` takes them and a legend of
 * `{key, label, tone, icon, kind, count}`, from what they added to the answer of `alarm.wall`.
 */
const category = registry.category("alarm_wall_map");

const TONES = {queued: "danger", working: "info", held: "muted", dispatched: "warning"};
const ICONS = {
    queued: "fa-bell",
    working: "fa-headphones",
    held: "fa-pause",
    dispatched: "fa-car",
};
const CAPTIONS = 4;

/** The incidents themselves, the most urgent with their names. */
category.add(
    "sites",
    (wall) => ({
        markers: wall.sites.map((site, place) => ({
            id: `site/${site.id}`,
            kind: "site",
            latitude: site.latitude,
            longitude: site.longitude,
            label: [site.site, site.event].filter(Boolean).join(", "),
            caption: place < CAPTIONS ? site.site : "",
            tone: TONES[site.state] || "muted",
            icon: ICONS[site.state] || "fa-bell",
        })),
        lines: [],
        legend: Object.keys(TONES).map((state) => ({
            key: `site/${state}`,
            label: STATE_LABELS[state],
            tone: TONES[state],
            icon: ICONS[state],
            kind: "site",
            count: wall.states[state] || 0,
        })),
    }),
    {sequence: 10}
);

/** @returns {{markers: object[], lines: object[], legend: object[]}} of all who have any */
export function mapOf(wall) {
    const parts = category.getAll().map((part) => part(wall));
    return {
        markers: parts.flatMap(({markers}) => markers),
        lines: parts.flatMap(({lines}) => lines),
        legend: parts.flatMap(({legend}) => legend),
    };
}
