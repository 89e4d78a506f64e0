import {describe, expect, test} from "@odoo/hoot";
import {IncidentRows, mergeRow, unpackRows} from "@alarm_board/model/incident_rows";
import {compareRows} from "@alarm_board/model/queue_order";
import {makeRow} from "./board_test_helpers";

describe.current.tags("headless");

const HOLDER = {id: 8, name: "You"};
const ids = (rows) => [...rows.open.keys()].sort();

test("an older version never replaces a newer one", () => {
    const newer = makeRow({version: [20, 5, 1], state: "working", user: HOLDER});
    const older = makeRow({version: [10, 5, 1]});
    expect(mergeRow(newer, older)).toBe(newer);
    expect(mergeRow(older, newer)).toBe(newer);
});

test("a take and a signal that overtake each other are both kept", () => {
    const taken = makeRow({
        version: [20, 5, 1],
        state: "working",
        user: HOLDER,
        signal_count: 1,
    });
    const attached = makeRow({
        version: [10, 6, 1],
        signal_count: 2,
        signal_uid: "e:r:2",
    });
    for (const merged of [mergeRow(taken, attached), mergeRow(attached, taken)]) {
        expect(merged.state).toBe("working");
        expect(merged.user).toEqual(HOLDER);
        expect(merged.signal_count).toBe(2);
        expect(merged.signal_uid).toBe("e:r:2");
        expect(merged.version).toEqual([20, 6, 1]);
    }
});

test("a take does not hide that a signal came late or was handled elsewhere", () => {
    const taken = makeRow({version: [20, 5, 1], state: "working", user: HOLDER});
    const ticked = makeRow({version: [10, 6, 1], delay: 420, ticked: true});
    for (const merged of [mergeRow(taken, ticked), mergeRow(ticked, taken)]) {
        expect(merged.state).toBe("working");
        expect(merged.delay).toBe(420);
        expect(merged.ticked).toBe(true);
    }
});

test("only rows that were not open before have arrived", () => {
    const rows = new IncidentRows();
    expect(
        rows.merge([makeRow({id: 1}), makeRow({id: 2})]).map((row) => row.id)
    ).toEqual([1, 2]);
    expect(
        rows.merge([makeRow({id: 2, version: [99, 1, 1]}), makeRow({id: 3})])
    ).toHaveLength(1);
});

test("a resolved incident leaves, and late news does not revive it", () => {
    const rows = new IncidentRows();
    rows.merge([makeRow({version: [10, 1, 1]})]);
    rows.merge([makeRow({version: [30, 1, 1], state: "resolved"})]);
    expect(ids(rows)).toEqual([]);
    rows.merge([makeRow({version: [20, 1, 1], state: "working", user: HOLDER})]);
    expect(ids(rows)).toEqual([]);
    // A signal attached while it was being resolved does not revive it either.
    rows.merge([makeRow({version: [20, 2, 1], state: "working", user: HOLDER})]);
    expect(ids(rows)).toEqual([]);
    rows.merge([makeRow({version: [40, 2, 1]})]);
    expect(ids(rows)).toEqual([1]);
});

test("a complete list removes what is missing in it", () => {
    const rows = new IncidentRows();
    rows.merge([makeRow({id: 1}), makeRow({id: 2})]);
    rows.replace([makeRow({id: 2})], rows.mark());
    expect(ids(rows)).toEqual([2]);
});

test("a complete list that was asked for before does not remove what came since", () => {
    const rows = new IncidentRows();
    rows.merge([makeRow({id: 1})]);
    const mark = rows.mark();
    rows.merge([makeRow({id: 2})]);
    rows.replace([makeRow({id: 1})], mark);
    expect(ids(rows)).toEqual([1, 2]);
});

test("facts change apart from the incident and its signals", () => {
    const told = makeRow({
        version: [10, 5, 9],
        facts: {told: ["police"]},
        facts_digest: 7,
    });
    const taken = makeRow({version: [20, 5, 8], state: "working", user: HOLDER});
    for (const merged of [mergeRow(told, taken), mergeRow(taken, told)]) {
        expect(merged.state).toBe("working");
        expect(merged.facts).toEqual({told: ["police"]});
        expect(merged.facts_digest).toBe(7);
        expect(merged.version).toEqual([20, 5, 9]);
    }
});

test("what the server leaves out is empty, and an event is shared", () => {
    const event = {class: "fire", code: "110", names: {}};
    const [first, second] = unpackRows({
        rows: [
            {id: 1, event: "a"},
            {id: 2, event: "a", user: HOLDER},
        ],
        events: {a: event},
    });
    expect(first.user).toBe(null);
    expect(first.facts).toEqual({});
    expect(first.signal_count).toBe(0);
    expect(second.user).toEqual(HOLDER);
    expect(first.event).toBe(second.event);
});

test("the queue is kept in order while rows come, change and go", () => {
    const rows = new IncidentRows();
    const many = Array.from({length: 200}, (_, index) =>
        makeRow({id: index + 1, priority: String(1 + ((index * 7) % 5))})
    );
    rows.merge(many);
    const order = () => rows.queue.map((row) => row.id);
    const expected = () => [...rows.open.values()].sort(compareRows).map(({id}) => id);
    expect(order()).toEqual(expected());
    const before = rows.queue;
    rows.merge([
        makeRow({id: 50, priority: "1", version: [11, 1, 1]}),
        makeRow({id: 60, state: "closed", version: [11, 1, 1]}),
        makeRow({id: 61, account: "other", version: [11, 1, 1]}),
        makeRow({id: 300, priority: "3"}),
    ]);
    expect(rows.queue).not.toBe(before);
    expect(order()).toEqual(expected());
    expect(rows.queue.find(({id}) => id === 61).account).toBe("other");
});

test("a board finds what it has missed by the numbers of its rows", () => {
    const rows = new IncidentRows();
    rows.merge([
        makeRow({id: 1, version: [10, 1, 1]}),
        makeRow({id: 2, version: [10, 3, 1]}),
        makeRow({id: 3, version: [10, 1, 1], facts_digest: 5}),
    ]);
    expect(rows.digest()).toEqual([3, 30, 3]);
    const same = [
        [1, 10, 1, 0],
        [2, 10, 3, 0],
        [3, 10, 1, 5],
    ];
    expect(rows.outdated(same)).toEqual([]);
    expect(
        rows.outdated([
            [1, 11, 1, 0],
            [2, 10, 4, 0],
            [3, 10, 1, 6],
            [4, 1, 0, 0],
        ])
    ).toEqual([1, 2, 3, 4]);
    // What this board knows newer than the list is not asked for again.
    expect(rows.outdated([[1, 9, 1, 0]])).toEqual([]);
});
