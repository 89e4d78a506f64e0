import {describe, expect, test} from "@odoo/hoot";
import {tick} from "@odoo/hoot-mock";
import {EventBus} from "@odoo/owl";
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

const makeBus = () => ({subscribe() {}, unsubscribe() {}});

function makeStore(board = {}) {
    const store = new AlarmStormStore({alarm_board: board, bus_service: makeBus()});
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

    test("what the board missed of storms is asked once it has caught up", async () => {
        const events = new EventBus();
        let lines = [line()];
        const store = makeStore({events, call: () => Promise.resolve(lines)});
        store.watch();
        await tick();
        lines = [line({storm: STORM})];
        events.trigger("CAUGHT-UP");
        await tick();
        expect(store.going.map(({storm}) => storm.id)).toEqual([7]);
        store.unwatch();
        lines = [line()];
        events.trigger("CAUGHT-UP");
        await tick();
        expect(store.going).toHaveLength(1);
    });

    test("a storm is likely while the server says so", () => {
        const store = makeStore();
        store.merge([line({inflow: 31, told: "2026-11-20T08:01:00.000000Z"})]);
        expect(store.likely(Date.now())).toHaveLength(1);
        expect(store.likely(Date.now() + 61000)).toEqual([]);
    });
});
