import {describe, expect, test} from "@odoo/hoot";
import {IncidentRows, mergeRow} from "@alarm_board/model/incident_rows";
import {makeRow} from "./board_test_helpers";

describe.current.tags("headless");

const HOLDER = {id: 8, name: "You"};
const ids = (rows) => [...rows.open.keys()].sort();

test("an older version never replaces a newer one", () => {
    const newer = makeRow({version: [20, 5], state: "working", user: HOLDER});
    const older = makeRow({version: [10, 5]});
    expect(mergeRow(newer, older)).toBe(newer);
    expect(mergeRow(older, newer)).toBe(newer);
});

test("a take and a signal that overtake each other are both kept", () => {
    const taken = makeRow({
        version: [20, 5],
        state: "working",
        user: HOLDER,
        signal_count: 1,
    });
    const attached = makeRow({version: [10, 6], signal_count: 2, signal_uid: "e:r:2"});
    for (const merged of [mergeRow(taken, attached), mergeRow(attached, taken)]) {
        expect(merged.state).toBe("working");
        expect(merged.user).toEqual(HOLDER);
        expect(merged.signal_count).toBe(2);
        expect(merged.signal_uid).toBe("e:r:2");
        expect(merged.version).toEqual([20, 6]);
    }
});

test("a take does not hide that a signal came late or was handled elsewhere", () => {
    const taken = makeRow({version: [20, 5], state: "working", user: HOLDER});
    const ticked = makeRow({version: [10, 6], delay: 420, ticked: true});
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
        rows.merge([makeRow({id: 2, version: [99, 1]}), makeRow({id: 3})])
    ).toHaveLength(1);
});

test("a resolved incident leaves, and late news does not revive it", () => {
    const rows = new IncidentRows();
    rows.merge([makeRow({version: [10, 1]})]);
    rows.merge([makeRow({version: [30, 1], state: "resolved"})]);
    expect(ids(rows)).toEqual([]);
    rows.merge([makeRow({version: [20, 1], state: "working", user: HOLDER})]);
    expect(ids(rows)).toEqual([]);
    // A signal attached while it was being resolved does not revive it either.
    rows.merge([makeRow({version: [20, 2], state: "working", user: HOLDER})]);
    expect(ids(rows)).toEqual([]);
    rows.merge([makeRow({version: [40, 2]})]);
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
