import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {beforeEach, describe, expect, test} from "@odoo/hoot";
import {click, edit, queryAllTexts, waitFor} from "@odoo/hoot-dom";
import {advanceTime, animationFrame, mockDate} from "@odoo/hoot-mock";
import {getService, mountWebClient, onRpc} from "@web/../tests/web_test_helpers";
import {browser} from "@web/core/browser/browser";
import {FakeServer, makeOrder} from "@alarm_work_order/../tests/work_page_helpers";

describe.current.tags("desktop");
defineMailModels();

let server;

const row = (values) => ({
    id: 3,
    product: "Call-out",
    text: "Call-out",
    quantity: 1,
    unit: "Units",
    state_label: "Not Done Yet",
    open: true,
    ...values,
});

beforeEach(() => {
    mockDate("2030-01-07 09:00:00");
    browser.localStorage.clear();
    browser.sessionStorage.clear();
    server = new FakeServer(
        makeOrder({
            charges: [row()],
            contract_notice: "Cancellation pending: last day of service 2030-01-31.",
            charges_open: true,
            charge_material: true,
            charge_products: [{id: 70, name: "Labour", unit: "Hours"}],
        })
    );
    onRpc(
        "/web/dataset/call_kw/alarm.work.order/*",
        async (request) => {
            const {params} = await request.json();
            if (server.network === "gone") {
                return new Response("", {status: 502});
            }
            const run = {
                work_load: () => server.load(),
                work_send: (calls) => server.send(calls),
            };
            const result = run[params.method](...params.args);
            return new Response(JSON.stringify({jsonrpc: "2.0", result}));
        },
        {pure: true}
    );
});

async function openOrder() {
    await mountWebClient();
    await getService("action").doAction("alarm_work_page");
    await waitFor(".o_work_card");
    await click(".o_work_card");
    await waitFor("[data-section='charges']");
}

const sent = () => server.done.map(({verb, values}) => ({verb, values}));

test("labour is added without network, shown as on its way, and sent once", async () => {
    await openOrder();
    server.network = "gone";
    await click(".o_work_offered_charge");
    await animationFrame();
    await click("[data-section='charges'] input[placeholder='What was done']");
    await edit("new lock");
    await animationFrame();
    await click("[data-action='charge']");
    await animationFrame();
    expect("[data-section='charges']").toHaveText(/1 × Labour/);
    expect(sent()).toEqual([]);
    server.network = "reached";
    await advanceTime(3100);
    await animationFrame();
    expect(sent()).toEqual([
        {verb: "charge", values: {product: 70, quantity: 1, text: "new lock"}},
    ]);
});

test("a quantity is changed, a line is taken back", async () => {
    await openOrder();
    await click("[data-charge-id='3'] input");
    await edit("4");
    await animationFrame();
    await click("[data-charge-id='3'] [data-action='change']");
    await animationFrame();
    await click("[data-charge-id='3'] [data-action='remove']");
    await animationFrame();
    expect(sent()).toEqual([
        {verb: "charge_change", values: {id: 3, quantity: 4}},
        {verb: "charge_change", values: {id: 3, quantity: 0}},
    ]);
});

test("what was decided is only shown", async () => {
    server.orders[0].charges = [row({open: false, state_label: "Waived"})];
    await openOrder();
    expect(queryAllTexts("[data-charge-id='3'] .badge")).toEqual(["Waived"]);
    expect("[data-charge-id='3'] button").toHaveCount(0);
});

test("that the customer leaves is said above the order", async () => {
    await openOrder();
    expect(queryAllTexts(".o_work_contract_notice")).toEqual([
        "Cancellation pending: last day of service 2030-01-31.",
    ]);
});
