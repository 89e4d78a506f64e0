import {describe, expect, test} from "@odoo/hoot";
import {
    AT_ONCE,
    chosenOf,
    portions,
    stormGroups,
} from "@alarm_board/storm/storm_groups";
import {makeRow} from "./board_test_helpers";

describe.current.tags("headless");

const NAMES = {
    words: (row) => row.event.names.en_US,
    classWords: (eventClass) => eventClass,
    area: (row) => row.city,
};
const FIRE = {class: "fire", code: "110", names: {en_US: "Fire"}};
const POWER = {class: "trouble", code: "301", names: {en_US: "AC loss"}};
const HOLDER = {id: 7, name: "Anna"};

const ROWS = [
    makeRow({id: 1, event: POWER, city: "North"}),
    makeRow({
        id: 2,
        event: POWER,
        city: "North",
        queued_at: "2026-11-20T07:00:00.000000Z",
    }),
    makeRow({id: 3, event: POWER, city: "South", state: "working", user: HOLDER}),
    makeRow({id: 4, event: FIRE, city: "South", receiver: "sg-2"}),
];

const group = (by) => stormGroups(ROWS, by, NAMES);

describe("storm groups", () => {
    test("the queue collapses by event, the largest first, the oldest told", () => {
        const [power, fire] = group("code");
        expect(power.name).toBe("AC loss");
        expect(power.rows.map(({id}) => id)).toEqual([2, 1]);
        expect(power.held).toBe(1);
        expect(power.guarded).toBe(0);
        expect(power.oldestMs).toBe(Date.parse("2026-11-20T07:00:00Z"));
        expect(power.eventClass).toBe("trouble");
        expect([fire.rows.length, fire.guarded]).toEqual([1, 1]);
    });

    test("it collapses by class, receiver and district", () => {
        expect(group("class").map(({name}) => name)).toEqual(["trouble", "fire"]);
        expect(group("receiver").map(({name}) => name)).toEqual(["sg-1", "sg-2"]);
        const [north, south] = group("area");
        expect([north.name, north.rows.length]).toEqual(["North", 2]);
        expect([south.name, south.rows.length, south.held]).toEqual(["South", 1, 1]);
        expect(south.eventClass).toBe("other");
    });

    test("of what is chosen the held and the protected stay", () => {
        const groups = group("area");
        const all = new Set(groups.map(({key}) => key));
        expect(chosenOf(groups, all, false)).toEqual({
            ids: [2, 1],
            guarded: 1,
            held: 1,
        });
        expect(chosenOf(groups, all, true)).toEqual({
            ids: [2, 1, 4],
            guarded: 0,
            held: 1,
        });
        expect(chosenOf(groups, new Set(), true).ids).toEqual([]);
    });

    test("what has no moment counts as the oldest", () => {
        const rows = [makeRow({id: 1}), makeRow({id: 2, queued_at: null})];
        const [all] = stormGroups(rows, "code", NAMES);
        expect(all.rows.map(({id}) => id)).toEqual([2, 1]);
    });

    test("the server gets no more at a time than it closes", () => {
        const ids = Array.from({length: AT_ONCE * 2 + 1}, (_none, place) => place);
        expect(portions(ids).map(({length}) => length)).toEqual([AT_ONCE, AT_ONCE, 1]);
        expect(portions([])).toEqual([]);
    });
});
