import {waitForChannels} from "@bus/../tests/bus_test_helpers";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {beforeEach, describe, expect, test} from "@odoo/hoot";
import {click, edit, queryAllAttributes, queryOne, waitFor} from "@odoo/hoot-dom";
import {advanceTime, animationFrame, mockDate} from "@odoo/hoot-mock";
import {
    getService,
    MockServer,
    mountWebClient,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {browser} from "@web/core/browser/browser";
import {inOrder, merged, newFindings} from "@alarm_work_order/commissioning/model/walk";
import {FakeServer, makeOrder} from "./work_page_helpers";

describe.current.tags("desktop");
defineMailModels();

function makeLine(values) {
    return {
        id: 1,
        panel: "7100",
        number: "1",
        name: "Front door",
        area: "",
        position: "",
        event_class: "burglary",
        detector_type: "contact",
        restore_expected: true,
        mandatory: true,
        state: "pending",
        passed: false,
        seen_at: "",
        text: "",
        restored_at: "",
        restore_text: "",
        corrections: "",
        waive_reason: "",
        waived_by: "",
        ...values,
    };
}

function makeFinding(values) {
    return {
        id: 9,
        kind: "unknown_zone",
        line: 0,
        line_name: "",
        number: "099",
        area: "01",
        text: "7100 cid 130 new 099/01",
        at: "2030-01-07 09:00:00",
        resolution: "",
        remark: "",
        ...values,
    };
}

function makeWalk(values) {
    return {
        awaited: 0,
        count: 2,
        passed: 0,
        open: 2,
        open_findings: 0,
        may_waive: false,
        lines: [makeLine(), makeLine({id: 2, number: "2", name: "Hall"})],
        findings: [],
        labels: {
            state: {pending: "To Be Tested", seen: "Seen", restored: "Restored"},
            event: {burglary: "Burglary"},
            finding: {unknown_zone: "Zone Number Not on File"},
            resolution: {},
        },
        ...values,
    };
}

const testing = (values) =>
    makeOrder({
        state: "testing",
        state_label: "Testing",
        on_test: true,
        walk: makeWalk(),
        paths: [],
        supervision: [],
        training: [],
        handover: {
            asked: true,
            codes_given: false,
            codes_given_to: "",
            crew: {name: "", signed_at: ""},
            customer: {name: "", signed_at: ""},
        },
        ...values,
    });

const message = (values) => ({
    id: 1,
    awaited: 0,
    count: 2,
    passed: 1,
    open: 1,
    open_findings: 1,
    lines: [
        makeLine({state: "restored", passed: true, seen_at: "2030-01-07 09:00:00"}),
    ],
    findings: [makeFinding()],
    ...values,
});

test("what has changed is taken in, the rest stays", () => {
    const walk = makeWalk();
    const now = merged(walk, message());
    expect(now.lines.map((line) => line.state)).toEqual(["restored", "pending"]);
    expect(now.passed).toBe(1);
    expect(now.labels).toBe(walk.labels);
    expect(walk.lines[0].state).toBe("pending");
    expect(newFindings(walk, message())).toEqual([9]);
    expect(newFindings(now, message())).toEqual([]);
});

test("what is wrong stands before what is open, and that before what has passed", () => {
    const lines = [
        makeLine({id: 1, state: "restored", passed: true}),
        makeLine({id: 2}),
        makeLine({id: 3, mandatory: false}),
        makeLine({id: 4, state: "wrong"}),
        makeLine({id: 5}),
    ];
    expect(inOrder(lines, 0).map((line) => line.id)).toEqual([4, 2, 5, 3, 1]);
    expect(inOrder(lines, 5).map((line) => line.id)).toEqual([5, 4, 2, 3, 1]);
});

describe("on the page", () => {
    let server;

    beforeEach(() => {
        mockDate("2030-01-07 09:00:00");
        browser.localStorage.clear();
        browser.sessionStorage.clear();
        server = new FakeServer(testing());
        onRpc("alarm.work.order", "work_load", () => server.load());
        onRpc("alarm.work.order", "work_send", ({args}) => server.send(args[0]));
        onRpc("alarm.work.order", "work_walk", () => server.orders[0]);
    });

    async function openOrder() {
        await mountWebClient();
        await getService("action").doAction("alarm_work_page");
        await waitFor(".o_work_card");
        await click(".o_work_card");
        await waitFor(".o_walk_line");
        await animationFrame();
    }

    test("a signal ticks its line while the page is looked at", async () => {
        await openOrder();
        expect(queryAllAttributes(".o_walk_line", "data-state")).toEqual([
            "pending",
            "pending",
        ]);
        await waitForChannels(["alarm_walk_test:1"]);
        MockServer.env["bus.bus"]._sendone(
            "alarm_walk_test:1",
            "alarm_work_order/walk_test",
            message()
        );
        // Not as long as until it reads all anew.
        await advanceTime(500);
        await waitFor(".o_walk_line[data-state=restored]");
        expect(".o_walk_finding").toHaveCount(1);
        expect(".o_walk_finding").toHaveText(/Zone Number Not on File: 099/);
        expect("[data-section=walk_test] .o_work_section_title").toHaveText(/1 \/ 2/);
    });

    test("a finding is settled by the zone that it was, or by words", async () => {
        server.orders[0].walk.findings = [makeFinding()];
        await openOrder();
        await click(".o_walk_finding input[name=remark]");
        await edit("the neighbour");
        await click(".o_walk_finding button");
        await animationFrame();
        expect(server.done.at(-1).verb).toBe("finding");
        expect(server.done.at(-1).values).toEqual({id: 9, remark: "the neighbour"});
    });

    test("the crew says which zone it tries, and corrects one", async () => {
        await openOrder();
        await click(".o_walk_line[data-line-id='1'] .o_walk_head");
        await animationFrame();
        await click("[data-walk=expect]");
        await animationFrame();
        expect(server.done.at(-1).values).toEqual({id: 1, what: "expect"});
        await click(".o_walk_line[data-line-id='1'] .o_walk_head");
        await animationFrame();
        await click("[data-walk=correct]");
        await animationFrame();
        await click(".o_walk_line input[name=number]");
        await edit("15");
        await click(".o_walk_line form button");
        await animationFrame();
        expect(server.done.at(-1).values).toEqual({
            id: 1,
            what: "correct",
            values: {number: "15"},
        });
    });

    test("who took the codes is noted, never the codes; a signature needs a name", async () => {
        await openOrder();
        await click("[data-section=handover] input[name=codes]");
        await edit("Mr Li");
        await click("[data-section=handover] form button");
        await animationFrame();
        expect(server.done.at(-1).verb).toBe("codes");
        await click("[data-party=customer] [data-sign=open]");
        await animationFrame();
        expect(queryOne("[data-party=customer] [data-sign=done]").disabled).toBe(true);
        expect("[data-party=customer] canvas").toHaveCount(1);
    });
});
