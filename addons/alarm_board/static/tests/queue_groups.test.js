import {describe, expect, test} from "@odoo/hoot";
import {itemsOf} from "@alarm_board/model/queue_groups";
import {makeRow} from "./board_test_helpers";

describe.current.tags("headless");

const ME = {id: 7, name: "I"};
const queue = [
    makeRow({id: 1, priority: "1", subscriber_id: 3, state: "working", user: ME}),
    makeRow({id: 2, priority: "1", subscriber_id: 4, subscriber: "Other Shop"}),
    makeRow({id: 3, priority: "2", subscriber_id: 3, signal_count: 4}),
    makeRow({id: 4, priority: "3", subscriber_id: null, customer_id: null}),
    makeRow({id: 5, priority: "3", subscriber_id: null, customer_id: null}),
];
const drawn = (density, collapsed = new Set()) =>
    itemsOf(queue, density, collapsed).map(({key, inGroup}) =>
        inGroup ? `- ${key}` : key
    );

test("every incident by itself is the queue as it is", () => {
    expect(drawn("incident")).toEqual(["row/1", "row/2", "row/3", "row/4", "row/5"]);
});

test("incidents of one subscriber stand below one head, where the first of them stands", () => {
    expect(drawn("subscriber")).toEqual([
        "subscriber/3",
        "- row/1",
        "- row/3",
        "row/2",
        "row/4",
        "row/5",
    ]);
});

test("premises of one customer stand together, what has no customer stands alone", () => {
    expect(drawn("customer")).toEqual([
        "customer/5",
        "- row/1",
        "- row/2",
        "- row/3",
        "row/4",
        "row/5",
    ]);
    const [{group}] = itemsOf(queue, "customer", new Set());
    expect(group.sites).toBe(2);
    expect(group.name).toBe("Demo Chain");
});

test("a closed group shows its head alone, which tells of what waits in it", () => {
    const collapsed = new Set(["subscriber/3"]);
    expect(drawn("subscriber", collapsed)).toEqual([
        "subscriber/3",
        "row/2",
        "row/4",
        "row/5",
    ]);
    const [{group}] = itemsOf(queue, "subscriber", collapsed);
    // Not the first of the group, which somebody attends to: the first that waits.
    expect(group.first.id).toBe(3);
    expect(group.incidents).toBe(2);
    expect(group.waiting).toBe(1);
    expect(group.signals).toBe(5);
});
