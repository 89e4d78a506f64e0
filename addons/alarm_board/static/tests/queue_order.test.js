import {describe, expect, test} from "@odoo/hoot";
import {
    compareRows,
    countByFilter,
    countByPriority,
    filterOf,
    isWaiting,
    nextWaiting,
    passes,
    queueOf,
} from "@alarm_board/model/queue_order";
import {makeRow} from "./board_test_helpers";

describe.current.tags("headless");

const ME = 7;
const options = {
    filter: "all",
    text: "",
    userId: ME,
    words: (row) => row.event.names.en_US,
};

test("priority comes first, then the oldest, then the first recorded", () => {
    const rows = [
        makeRow({id: 1, priority: "3", queued_at: "2026-11-20T08:00:00.000000Z"}),
        makeRow({id: 2, priority: "1", queued_at: "2026-11-20T08:05:00.000000Z"}),
        makeRow({id: 3, priority: "1", queued_at: "2026-11-20T08:04:00.000000Z"}),
        makeRow({id: 5, priority: "1", queued_at: "2026-11-20T08:04:00.000000Z"}),
        makeRow({id: 4, priority: "1", queued_at: "2026-11-20T08:04:00.000000Z"}),
    ];
    expect(rows.sort(compareRows).map((row) => row.id)).toEqual([3, 4, 5, 2, 1]);
});

test("an incident without the moment of queueing does not sink", () => {
    const rows = [makeRow({id: 1}), makeRow({id: 2, queued_at: null})];
    expect(rows.sort(compareRows).map((row) => row.id)).toEqual([2, 1]);
});

test("a row is marked as one of four kinds", () => {
    expect(filterOf(makeRow({}), ME)).toBe("new");
    expect(filterOf(makeRow({state: "working", user: {id: ME, name: "I"}}), ME)).toBe(
        "mine"
    );
    expect(filterOf(makeRow({state: "working", user: {id: 8, name: "You"}}), ME)).toBe(
        "others"
    );
    expect(filterOf(makeRow({state: "held", user: {id: ME, name: "I"}}), ME)).toBe(
        "held"
    );
});

test("filters and priorities are counted", () => {
    const rows = [
        makeRow({id: 1, priority: "1"}),
        makeRow({id: 2, priority: "1", state: "working", user: {id: ME, name: "I"}}),
        makeRow({id: 3, priority: "4", state: "held", user: {id: 8, name: "You"}}),
    ];
    expect(countByFilter(rows, ME)).toEqual({
        all: 3,
        new: 1,
        mine: 1,
        others: 1,
        held: 1,
        dispatched: 0,
    });
    const counts = countByPriority(rows, ["1", "2", "4"]);
    expect(counts["1"]).toEqual({waiting: 1, open: 2});
    expect(counts["2"]).toEqual({waiting: 0, open: 0});
    expect(counts["4"]).toEqual({waiting: 0, open: 1});
});

test("every word that is looked for must occur, in any place of the row", () => {
    const rows = [
        makeRow({id: 1, subscriber: "North Bank", address: "Harbour Road 4"}),
        makeRow({id: 2, subscriber: "North School", address: "Hill 1"}),
    ];
    const found = (text) => queueOf(rows, {...options, text}).map((row) => row.id);
    expect(found("north")).toEqual([1, 2]);
    expect(found("  HARBOUR north ")).toEqual([1]);
    expect(found("burglary hill")).toEqual([2]);
    expect(found("south")).toEqual([]);
    rows.push(makeRow({id: 3, subscriber: null, caller: "Neighbour Li"}));
    expect(found("neighbour")).toEqual([3]);
});

test("what is taken next is the first that nobody holds", () => {
    const rows = [
        makeRow({id: 1, priority: "1", state: "working", user: {id: 8, name: "You"}}),
        makeRow({id: 2, priority: "3"}),
        makeRow({id: 3, priority: "2"}),
    ];
    expect(isWaiting(rows[0])).toBe(false);
    expect(nextWaiting(rows).id).toBe(3);
    expect(nextWaiting([rows[0]])).toBe(null);
});

test("what I have sent somebody to is mine, and dispatched", () => {
    const row = makeRow({state: "dispatched", user: {id: ME, name: "I"}});
    const found = ["all", "new", "mine", "others", "held", "dispatched"].filter(
        (filter) => passes(row, filter, ME)
    );
    expect(found).toEqual(["all", "mine", "dispatched"]);
});

test("areas and groups narrow the queue", () => {
    const rows = [
        makeRow({id: 1, territory_id: 9, city: "North", category_id: 7}),
        makeRow({id: 2, territory_id: null, city: "South", category_id: 8}),
        makeRow({id: 3, territory_id: null, city: null, category_id: null}),
    ];
    const found = (narrowing) =>
        queueOf(rows, {...options, groupOf: ({id}) => id * 100, ...narrowing}).map(
            (row) => row.id
        );
    expect(found({area: "territory/9"})).toEqual([1]);
    expect(found({area: "city/South"})).toEqual([2]);
    expect(found({group: "category/7"})).toEqual([1]);
    expect(found({group: "group/300"})).toEqual([3]);
    expect(found({area: "city/South", group: "category/7"})).toEqual([]);
});
