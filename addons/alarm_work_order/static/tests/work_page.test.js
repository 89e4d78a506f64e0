import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {beforeEach, describe, expect, test} from "@odoo/hoot";
import {
    check,
    click,
    edit,
    queryAllTexts,
    queryOne,
    select,
    waitFor,
} from "@odoo/hoot-dom";
import {advanceTime, animationFrame, mockDate} from "@odoo/hoot-mock";
import {getService, mountWebClient, onRpc} from "@web/../tests/web_test_helpers";
import {browser} from "@web/core/browser/browser";
import {FakeServer, makeOrder} from "./work_page_helpers";

describe.current.tags("desktop");
defineMailModels();

let server;

/** What a proxy says when there is nobody behind it. */
const noNetwork = () => new Response("", {status: 502});

const failure = (name) => ({
    code: 0,
    message: "Odoo Server Error",
    data: {name, message: name},
});

const answer = (body) => new Response(JSON.stringify({jsonrpc: "2.0", ...body}));

beforeEach(() => {
    mockDate("2030-01-07 09:00:00");
    browser.localStorage.clear();
    browser.sessionStorage.clear();
    server = new FakeServer(makeOrder());
    onRpc(
        "/web/dataset/call_kw/alarm.work.order/*",
        async (request) => {
            const {params} = await request.json();
            if (server.network === "gone") {
                return noNetwork();
            }
            const {method, args} = params;
            if (server.isSessionOver) {
                return answer({error: failure("odoo.http.SessionExpiredException")});
            }
            if (
                method === "work_send" &&
                args[0].some((call) => call.verb === server.failAt)
            ) {
                return answer({error: failure("builtins.ZeroDivisionError")});
            }
            const run = {
                work_load: () => server.load(),
                work_send: (calls) => server.send(calls),
            };
            const result = run[method](...args);
            return server.network === "mute" ? noNetwork() : answer({result});
        },
        {pure: true}
    );
});

async function openPage() {
    await mountWebClient();
    await getService("action").doAction("alarm_work_page");
    await waitFor(".o_alarm_work");
    await animationFrame();
}

async function openOrder() {
    await openPage();
    await click(".o_work_card");
    await animationFrame();
}

const verbs = () => server.done.map((call) => call.verb);

test("the orders of the day, then one of them", async () => {
    await openPage();
    expect(queryAllTexts(".o_work_site")).toEqual(["Demo Shop"]);
    expect(".o_work_link").toHaveText("All saved");
    await click(".o_work_card");
    await animationFrame();
    expect(".o_work_title").toHaveText("Demo Shop");
    expect("a[href='tel:100300']").toHaveCount(1);
    expect("a[href='https://map.example.com']").toHaveCount(1);
});

test("a tick reaches the server", async () => {
    await openOrder();
    await check("[data-line-id='5'] input[type=checkbox]");
    await animationFrame();
    expect(server.done[0].values).toEqual({id: 5, checked: true});
    expect(".o_work_link").toHaveText("All saved");
});

test("without network the tick stays, is said to wait, and is sent when it is back", async () => {
    await openOrder();
    server.network = "gone";
    await check("[data-line-id='5'] input[type=checkbox]");
    await animationFrame();
    expect(".o_work_offline").toHaveCount(1);
    expect(".o_work_link").toHaveText("1 not sent yet");
    expect("[data-line-id='5'] input[type=checkbox]").toBeChecked();
    expect(server.done).toEqual([]);
    server.network = "reached";
    window.dispatchEvent(new Event("online"));
    await animationFrame();
    await animationFrame();
    expect(verbs()).toEqual(["checklist"]);
    expect(".o_work_offline").toHaveCount(0);
});

test("it is tried again by itself, less and less often", async () => {
    await openOrder();
    server.network = "gone";
    await click("[data-verb='test']");
    await animationFrame();
    expect("[data-verb='test']").not.toBeEnabled();
    server.network = "reached";
    await advanceTime(3100);
    await animationFrame();
    expect(verbs()).toEqual(["verb"]);
    expect(".o_work_head .badge").toHaveText("Testing");
});

test("an answer that was lost makes nothing happen twice", async () => {
    await openOrder();
    server.network = "mute";
    await click("[data-verb='test']");
    await animationFrame();
    expect(verbs()).toEqual(["verb"]);
    server.network = "reached";
    await advanceTime(3100);
    await animationFrame();
    expect(verbs()).toEqual(["verb"]);
    expect(".o_work_link").toHaveText("All saved");
});

test("what is half typed survives a reload of the page", async () => {
    await openOrder();
    await click("[data-line-id='6'] .o_work_measure input");
    await edit("13.6", {confirm: false});
    await click(".o_work_serial:first");
    await animationFrame();
    const kept = {...browser.localStorage};
    expect(Object.keys(kept).some((name) => name.endsWith(".drafts"))).toBe(true);
    // The page anew.
    await getService("action").doAction("alarm_work_page", {clearBreadcrumbs: true});
    await animationFrame();
    await animationFrame();
    expect("[data-line-id='6'] .o_work_measure input").toHaveValue("13.6");
    expect(".o_work_serial:first").toHaveAttribute("aria-pressed", "true");
    expect(server.done.filter((call) => call.verb === "material")).toEqual([]);
});

test("the page shows its last copy without network, and says so", async () => {
    await openOrder();
    server.network = "gone";
    await getService("action").doAction("alarm_work_page", {clearBreadcrumbs: true});
    await animationFrame();
    await animationFrame();
    expect(".o_work_title").toHaveText("Demo Shop");
    expect(".o_work_offline").toHaveCount(1);
});

test("what the server refuses is said in its words, and may be given up", async () => {
    await openOrder();
    server.refusals.verb = "Open on the check-list: Site clean.";
    await click("[data-verb='test']");
    await animationFrame();
    expect(".o_work_refused .o_work_text").toHaveText(
        "Open on the check-list: Site clean."
    );
    await check("[data-line-id='5'] input[type=checkbox]");
    await animationFrame();
    expect(verbs()).toEqual(["checklist"]);
    await click(".o_work_refused .btn-outline-danger");
    await animationFrame();
    expect(".o_work_refused").toHaveCount(0);
});

test("a call that the server fails at does not stop the others", async () => {
    server.failAt = "note";
    await openOrder();
    server.network = "gone";
    await click("textarea");
    await edit("hello", {confirm: false});
    await animationFrame();
    await click("[data-action='note']");
    await check("[data-line-id='5'] input[type=checkbox]");
    await animationFrame();
    server.network = "reached";
    window.dispatchEvent(new Event("online"));
    await animationFrame();
    await animationFrame();
    await waitFor(".o_work_refused");
    await animationFrame();
    expect(verbs()).toEqual(["checklist"]);
    expect(".o_work_refused").toHaveCount(1);
});

test("who was logged out keeps what he typed", async () => {
    await openOrder();
    server.isSessionOver = true;
    await check("[data-line-id='5'] input[type=checkbox]");
    await animationFrame();
    expect("a[href='/web/login?redirect=/odoo/work']").toHaveCount(1);
    expect("[data-line-id='5'] input[type=checkbox]").toBeChecked();
});

test("serial numbers are tapped or typed, never invented", async () => {
    await openOrder();
    await click(".o_work_serial_typed");
    await edit("sn2", {confirm: "blur"});
    await animationFrame();
    expect(".o_work_serial:last").toHaveAttribute("aria-pressed", "true");
    await click(".o_work_serial_typed");
    await edit("SN9", {confirm: "blur"});
    await animationFrame();
    expect(".o_notification").toHaveCount(1);
    await click("[data-action='report']");
    await animationFrame();
    // The unknown one is still in the field: nothing was reported.
    expect(server.done).toEqual([]);
    await click(".o_work_serial_typed");
    await edit("", {confirm: "blur"});
    await click("[data-action='report']");
    await animationFrame();
    expect(server.done[0].values.serials).toEqual(["SN2"]);
});

test("which zone a detector serves is said, also without network", async () => {
    await openOrder();
    const mine = "[data-device-id='31'] select";
    expect("[data-device-id='32'] select").toHaveValue("42");
    // The hall has its detector.
    expect([...queryOne(mine).options].map((one) => one.text)).toEqual([
        "None",
        "1 Front door",
    ]);
    server.network = "gone";
    await select("41", {target: mine});
    await animationFrame();
    expect(mine).toHaveValue("41");
    expect(server.done).toEqual([]);
    server.network = "reached";
    window.dispatchEvent(new Event("online"));
    await animationFrame();
    await animationFrame();
    expect(verbs()).toEqual(["device_zone"]);
    expect(server.done[0].values).toEqual({device: 31, zone: 41});
});

test("what was not planned is found and asked for", async () => {
    onRpc("product.product", "search_read", ({kwargs}) => {
        expect(kwargs.domain[2]).toEqual(["name", "ilike", "siren"]);
        return [
            {id: 70, display_name: "Detector"},
            {id: 71, display_name: "Siren"},
        ];
    });
    await openOrder();
    await click(".o_work_find");
    await edit("siren", {confirm: "blur"});
    await animationFrame();
    // The detector is on the list already.
    expect(queryAllTexts(".o_work_found")).toEqual(["Siren"]);
    await click(".o_work_found");
    await animationFrame();
    expect(server.done[0].values).toEqual({
        product: 71,
        ownership: "sold",
        quantity: 1,
    });
});

test("everything is large enough for a thumb", async () => {
    await openOrder();
    for (const button of document.querySelectorAll(".o_alarm_work .btn")) {
        expect(button.getBoundingClientRect().height).toBeGreaterThan(35);
    }
    expect(queryOne(".o_alarm_work")).not.toBe(null);
});
