import {describe, expect, test} from "@odoo/hoot";
import {byDay} from "@alarm_work_order/work_page/model/days";

describe.current.tags("desktop");

const order = (id, planned_start, state = "scheduled") => ({id, planned_start, state});

test("what has begun, what is late, today, what comes", () => {
    const now = luxon.DateTime.local(2030, 1, 7, 12);
    const at = (days) => now.plus({days}).toUTC().toISO();
    const groups = byDay(
        [
            order(1, at(2)),
            order(2, at(0)),
            order(3, at(-1)),
            order(4, at(1)),
            order(5, null),
            order(6, at(-3), "testing"),
            order(7, at(1)),
        ],
        now.toMillis()
    );
    expect(
        groups.map((group) => [group.key, group.orders.map((one) => one.id)])
    ).toEqual([
        ["begun", [6]],
        ["late", [3]],
        ["today", [2]],
        ["later", [4, 7]],
        ["later", [1]],
        ["open", [5]],
    ]);
});
