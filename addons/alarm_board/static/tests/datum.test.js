import {describe, expect, test} from "@odoo/hoot";
import {GCJ02, WGS84, isShifted, toDisplay, toStored} from "@alarm_board/map/datum";
import {metresBetween} from "@alarm_board/map/distance";

/** Published pairs of WGS 84 and GCJ-02. */
const KNOWN = {
    Shanghai: [31.1774276, 121.5272106, 31.17530398364597, 121.531541859215],
    Shenzhen: [22.543847, 113.912316, 22.540796131694766, 113.9171764808363],
    Beijing: [39.911954, 116.377817, 39.91334545536069, 116.38404722455657],
};
/** Places beside which a box around China would go wrong, and some of the wide world. */
const ABROAD = {
    Taipei: [25.0478, 121.5319],
    Seoul: [37.5665, 126.978],
    Hanoi: [21.0278, 105.8342],
    Ulaanbaatar: [47.9185, 106.9177],
    Vladivostok: [43.1155, 131.8855],
    Delhi: [28.6139, 77.209],
    Berlin: [52.52, 13.405],
    Sydney: [-33.8688, 151.2093],
    Nowhere: [0, 0],
};
const WITHIN = {
    Harbin: [45.8038, 126.535],
    Urumqi: [43.8256, 87.6168],
    Lhasa: [29.652, 91.1721],
    Sanya: [18.2528, 109.512],
    Kunming: [25.0389, 102.7183],
};

const place = ([latitude, longitude]) => ({latitude, longitude});

describe.current.tags("headless");

describe("datum", () => {
    for (const [city, [lat, lng, gcjLat, gcjLng]] of Object.entries(KNOWN)) {
        test(`${city} is drawn where Chinese tiles have it`, () => {
            const shown = toDisplay(GCJ02, place([lat, lng]));
            expect(metresBetween(shown, place([gcjLat, gcjLng]))).toBeLessThan(0.5);
            expect(metresBetween(shown, place([lat, lng]))).toBeGreaterThan(300);
        });

        test(`${city} is stored where satellites have it`, () => {
            const stored = toStored(GCJ02, place([gcjLat, gcjLng]));
            expect(metresBetween(stored, place([lat, lng]))).toBeLessThan(0.5);
        });
    }

    test("there and back changes nothing, wherever in China", () => {
        for (const where of Object.values({...KNOWN, ...WITHIN})) {
            const here = place(where);
            const back = toStored(GCJ02, toDisplay(GCJ02, here));
            expect(metresBetween(here, back)).toBeLessThan(0.001);
        }
    });

    test("nothing is shifted abroad", () => {
        for (const [name, where] of Object.entries(ABROAD)) {
            const here = place(where);
            expect(isShifted(here)).toBe(false, {message: name});
            expect(toDisplay(GCJ02, here)).toEqual(here);
            expect(metresBetween(toStored(GCJ02, here), here)).toBe(0);
        }
    });

    test("the far corners of the mainland are shifted, by no more than a kilometre", () => {
        for (const [name, where] of Object.entries(WITHIN)) {
            const metres = metresBetween(place(where), toDisplay(GCJ02, place(where)));
            expect(metres).toBeGreaterThan(50, {message: name});
            expect(metres).toBeLessThan(1000, {message: name});
        }
    });

    test("tiles in WGS 84 shift nothing anywhere", () => {
        const here = place(KNOWN.Shanghai);
        expect(toDisplay(WGS84, here)).toEqual(here);
        expect(toStored(WGS84, here)).toEqual(here);
    });
});
