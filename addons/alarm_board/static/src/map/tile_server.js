import {WGS84} from "./datum";

/** Without tiles nothing gets sharper by coming closer. */
const PLAN_MAX_ZOOM = 19;

/**
 * @typedef {object} TileServer
 * @property {string} url template of Leaflet; empty: no tiles, nothing is fetched
 * @property {string[]} subdomains what stands for `{s}`
 * @property {string} attribution plain text
 * @property {number} maxZoom
 * @property {"wgs84"|"gcj02"} datum of what is drawn
 */

/**
 * @param {object} settings as `res.company.alarm_map_server` gives them
 * @returns {TileServer}
 */
export function tileServer(settings) {
    const {url, subdomains} = spreadOver(settings.url || "");
    return {
        url,
        subdomains,
        attribution: settings.attribution || "",
        maxZoom: url ? settings.max_zoom : PLAN_MAX_ZOOM,
        // What is drawn by nobody is drawn as it is stored.
        datum: url ? settings.datum : WGS84,
    };
}

/** `{a-c}` or `{1-4}` names the servers that share the work. */
function spreadOver(url) {
    const range = /\{(\w)-(\w)\}/.exec(url);
    if (!range) {
        return {url, subdomains: ["a", "b", "c"]};
    }
    const [first, last] = [range[1].charCodeAt(0), range[2].charCodeAt(0)];
    return {
        url: url.replace(range[0], "{s}"),
        subdomains: Array.from(
            {length: Math.max(1, last - first + 1)},
            (_none, place) => String.fromCharCode(first + place)
        ),
    };
}
