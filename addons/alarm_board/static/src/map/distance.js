import {_t} from "@web/core/l10n/translation";
import {formatFloat} from "@web/core/utils/numbers";

/** Mean radius of the earth (IUGG), in metres. */
const EARTH_RADIUS = 6371008.8;
const RINGS = 3;
/** Rings of a site alone on the ground: the neighbourhood. */
const SMALLEST_STEP = 250;

/**
 * @param {{latitude: number, longitude: number}} one in WGS 84
 * @param {{latitude: number, longitude: number}} other in WGS 84
 * @returns {number} metres as the crow flies
 */
export function metresBetween(one, other) {
    const phi = radians(one.latitude);
    const otherPhi = radians(other.latitude);
    const chord =
        Math.sin((otherPhi - phi) / 2) ** 2 +
        Math.cos(phi) *
            Math.cos(otherPhi) *
            Math.sin(radians(other.longitude - one.longitude) / 2) ** 2;
    return 2 * EARTH_RADIUS * Math.asin(Math.min(1, Math.sqrt(chord)));
}

/**
 * @param {number} metres
 * @returns {string} "350 m", "1.2 km", "38 km"
 */
export function distanceWords(metres) {
    if (metres < 995) {
        return _t("%s m", Math.round(metres / 10) * 10);
    }
    const kilometres = metres / 1000;
    const digits = kilometres < 9.95 ? 1 : 0;
    return _t("%s km", formatFloat(kilometres, {digits: [16, digits]}));
}

/**
 * @param {number} farthest metres from the middle to what is farthest away
 * @returns {number[]} radii of the rings in metres: a round step (1, 2.5 or 5 times a power
 *  of ten), and the largest ring holds everything
 */
export function ringRadii(farthest) {
    let step = SMALLEST_STEP;
    for (let factor = 0; step * RINGS < farthest; factor++) {
        step = SMALLEST_STEP * [2, 4, 10][factor % 3] * 10 ** Math.floor(factor / 3);
    }
    return Array.from({length: RINGS}, (_none, number) => step * (number + 1));
}

function radians(degrees) {
    return (degrees * Math.PI) / 180;
}
