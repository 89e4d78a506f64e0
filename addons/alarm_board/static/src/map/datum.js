/**
 * Between the positions that are stored and those that a tile server draws.
 *
 * Stored are degrees of WGS 84, what satellites give. Chinese tiles use GCJ-02, which is
 * shifted by a few hundred metres within mainland China and the same elsewhere. A place is
 * `{latitude, longitude}` in degrees throughout.
 *
 * BD-09 is left out on purpose: its tiles have a projection and a numbering of their own,
 * so a shift of the markers alone would not make them fit.
 */

export const WGS84 = "wgs84";
export const GCJ02 = "gcj02";

// The Krasovsky ellipsoid, on which GCJ-02 is defined.
const SEMI_MAJOR_AXIS = 6378245.0;
const ECCENTRICITY_SQUARED = 0.00669342162296594323;

/** The way back is found by approaching it; the shift is smooth, so few steps suffice. */
const STEPS = 8;
/** Degrees; about a tenth of a millimetre. */
const PRECISE = 1e-9;

// [north, west, south, east] in degrees. Mainland China roughly; a single box around the
// country would shift Seoul, Taipei and Hanoi, too. Whoever is within a few kilometres of
// the border may be on the wrong side of it here.
const WITHIN = [
    [49.2204, 79.4462, 42.8899, 96.33],
    [54.1415, 109.6872, 39.3742, 135.0002],
    [42.8899, 73.1246, 29.5297, 124.143255],
    [29.5297, 82.9684, 26.7186, 97.0352],
    [29.5297, 97.0253, 20.414096, 124.367395],
    [20.414096, 107.975793, 17.871542, 111.744104],
];
const BUT_NOT = [
    [25.398623, 119.921265, 21.785006, 122.497559],
    [22.284, 101.8652, 20.0988, 106.665],
    [21.5422, 106.4525, 20.4878, 108.051],
    [55.8175, 109.0323, 50.3257, 119.127],
    [55.8175, 127.4568, 49.5574, 137.0227],
    [44.8922, 131.2662, 42.5692, 137.0227],
];

/**
 * @param {"wgs84"|"gcj02"} datum of the tiles
 * @param {{latitude: number, longitude: number}} place as stored
 * @returns {{latitude: number, longitude: number}} where to draw it on these tiles
 */
export function toDisplay(datum, place) {
    if (datum !== GCJ02 || !isShifted(place)) {
        return place;
    }
    const shift = gcjShift(place);
    return {
        latitude: place.latitude + shift.latitude,
        longitude: place.longitude + shift.longitude,
    };
}

/**
 * @param {"wgs84"|"gcj02"} datum of the tiles
 * @param {{latitude: number, longitude: number}} shown where it is drawn
 * @returns {{latitude: number, longitude: number}} what to store, within a millimetre
 */
export function toStored(datum, shown) {
    if (datum !== GCJ02) {
        return shown;
    }
    let place = shown;
    for (let step = 0; step < STEPS; step++) {
        const again = toDisplay(datum, place);
        const error = {
            latitude: shown.latitude - again.latitude,
            longitude: shown.longitude - again.longitude,
        };
        place = {
            latitude: place.latitude + error.latitude,
            longitude: place.longitude + error.longitude,
        };
        if (Math.max(Math.abs(error.latitude), Math.abs(error.longitude)) < PRECISE) {
            break;
        }
    }
    return place;
}

/**
 * @param {{latitude: number, longitude: number}} place in WGS 84
 * @returns {boolean} GCJ-02 differs from WGS 84 there
 */
export function isShifted(place) {
    return (
        WITHIN.some((box) => contains(box, place)) &&
        !BUT_NOT.some((box) => contains(box, place))
    );
}

function contains([north, west, south, east], {latitude, longitude}) {
    return (
        south <= latitude && latitude <= north && west <= longitude && longitude <= east
    );
}

function gcjShift({latitude, longitude}) {
    const radians = (latitude * Math.PI) / 180;
    const root = Math.sqrt(1 - ECCENTRICITY_SQUARED * Math.sin(radians) ** 2);
    const meridian = (SEMI_MAJOR_AXIS * (1 - ECCENTRICITY_SQUARED)) / root ** 3;
    const parallel = (SEMI_MAJOR_AXIS / root) * Math.cos(radians);
    const metres = gcjMetres(longitude - 105, latitude - 35);
    return {
        latitude: (metres.north * 180) / (meridian * Math.PI),
        longitude: (metres.east * 180) / (parallel * Math.PI),
    };
}

/** The published terms of the shift, in metres, around 35° N 105° E. */
function gcjMetres(x, y) {
    const wave = (...terms) =>
        terms.reduce(
            (sum, [amplitude, value]) => sum + amplitude * Math.sin(value * Math.PI),
            0
        );
    const common = wave([20, 6 * x], [20, 2 * x]);
    const root = Math.sqrt(Math.abs(x));
    const north =
        -100 +
        2 * x +
        3 * y +
        0.2 * y * y +
        0.1 * x * y +
        0.2 * root +
        (2 / 3) *
            (common + wave([20, y], [40, y / 3]) + wave([160, y / 12], [320, y / 30]));
    const east =
        300 +
        x +
        2 * y +
        0.1 * x * x +
        0.1 * x * y +
        0.1 * root +
        (2 / 3) *
            (common + wave([20, x], [40, x / 3]) + wave([150, x / 12], [300, x / 30]));
    return {north, east};
}
