import {describe, expect, test} from "@odoo/hoot";
import {AlarmStormStore} from "@alarm_board/storm/alarm_storm_service";

describe.current.tags("headless");

function line(values) {
    return {
        company_id: 1,
        company: "Centre",
        storm: null,
        inflow: 0,
        minutes: 5,
        threshold: 30,
        told: "2026-11-20T08:00:00.000000Z",
        ...values,
    };
}

function makeStore() {
    const store = new AlarmStormStore({bus_service: {}, orm: {silent: {}}});
    store.replace([line()]);
    return store;
}

const STORM = {id: 7, reason: "hail"};

describe("storms", () => {
    test("a message changes its company, and no other", () => {
        const store = makeStore();
        store.merge([line({company_id: 2, storm: STORM})]);
        expect(store.going).toEqual([]);
        store.merge([line({storm: STORM, told: "2026-11-20T08:01:00.000000Z"})]);
        expect(store.going.map(({storm}) => storm.id)).toEqual([7]);
    });

    test("an old message that comes late changes nothing", () => {
        const store = makeStore();
        store.merge([line({storm: STORM, told: "2026-11-20T07:59:59.000000Z"})]);
        expect(store.going).toEqual([]);
    });

    test("a storm is likely while the server says so", () => {
        const store = makeStore();
        store.merge([line({inflow: 31, told: "2026-11-20T08:01:00.000000Z"})]);
        expect(store.likely(Date.now())).toHaveLength(1);
        expect(store.likely(Date.now() + 61000)).toEqual([]);
    });
});
