import {registry} from "@web/core/registry";

/**
 * What the map of the wall shows. Other modules add to the registry category
 * "alarm_wall_map" a function
 *
 *     (wall) => ({markers, lines})
 *
 * with markers and lines as `AlarmMap` takes them, from what they added to the answer of
 * `alarm.wall`.
 */
const category = registry.category("alarm_wall_map");

const TONES = {queued: "danger", working: "info", held: "muted", dispatched: "warning"};
const CAPTIONS = 12;

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
            icon: "fa-bell",
        })),
        lines: [],
    }),
    {sequence: 10}
);

/** @returns {{markers: object[], lines: object[]}} of all who have something to show */
export function mapOf(wall) {
    const parts = category.getAll().map((part) => part(wall));
    return {
        markers: parts.flatMap(({markers}) => markers),
        lines: parts.flatMap(({lines}) => lines),
    };
}
