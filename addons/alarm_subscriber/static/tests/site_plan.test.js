import {beforeEach, expect, test} from "@odoo/hoot";
import {click, keyDown, queryAllTexts, queryFirst, queryRect} from "@odoo/hoot-dom";
import {animationFrame} from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {SitePlan} from "@alarm_subscriber/site_plan/site_plan";

const PIXEL =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

function makeZones() {
    const base = {type_label: "", position: "", plan: false};
    return [
        {
            ...base,
            id: 1,
            number: "001",
            name: "Front door",
            type: "contact",
            x: 0.25,
            y: 0.5,
        },
        {...base, id: 2, number: "002", name: "Hall", type: "motion", x: 0.75, y: 0.5},
        {...base, id: 3, number: "003", name: "Store", type: "smoke", x: null, y: null},
    ];
}

class Plan extends models.Model {
    _name = "alarm.site.plan";
    name = fields.Char();
    image = fields.Binary();
    write_date = fields.Datetime();
    layout = fields.Json();
    _records = [{id: 1, name: "Ground floor", image: PIXEL, layout: makeZones()}];
}
defineModels([Plan]);
defineMailModels();

beforeEach(() => {
    // There is no hand on the mouse whose pointer could be captured.
    patchWithCleanup(Element.prototype, {setPointerCapture() {}});
});

/** A plan of 400 × 200 pixels whose moves are recorded. */
async function mountPlan(props = {}) {
    const moves = [];
    await mountWithCleanup(SitePlan, {
        props: {
            imageUrl: `data:image/png;base64,${PIXEL}`,
            zones: makeZones(),
            onPlace: (...move) => moves.push(move),
            ...props,
        },
    });
    const picture = queryFirst(".o_alarm_plan_picture");
    picture.style.width = "400px";
    picture.style.height = "200px";
    return moves;
}

function pointer(type, target, x, y) {
    const event = new PointerEvent(type, {
        bubbles: true,
        cancelable: true,
        clientX: x,
        clientY: y,
        button: 0,
    });
    queryFirst(target).dispatchEvent(event);
}

async function drag(target, toX, toY) {
    const from = queryRect(target);
    const [x, y] = [from.x + from.width / 2, from.y + from.height / 2];
    pointer("pointerdown", target, x, y);
    pointer("pointermove", target, (x + toX) / 2, (y + toY) / 2);
    pointer("pointerup", target, toX, toY);
    await animationFrame();
}

test("zones on the plan are markers, the others wait in a list", async () => {
    await mountPlan();
    expect(queryAllTexts(".o_alarm_marker")).toEqual(["001", "002"]);
    expect(queryAllTexts(".o_alarm_unplaced_zone")).toEqual(["003\nStore"]);
    expect(".o_alarm_marker[data-zone-id='1']").toHaveClass("o_alarm_family_intrusion");
    expect(".o_alarm_marker[data-zone-id='1'] i").toHaveClass("fa-columns");
});

test("a marker is dragged, and stays within the picture", async () => {
    const moves = await mountPlan();
    const box = queryRect(".o_alarm_plan_picture");
    await drag(".o_alarm_marker[data-zone-id='1']", box.x + 300, box.y + 50);
    expect(moves.length).toBe(1);
    expect(moves[0][0]).toBe(1);
    expect(moves[0][1]).toBeWithin(0.74, 0.76);
    expect(moves[0][2]).toBeWithin(0.24, 0.26);
    await drag(".o_alarm_marker[data-zone-id='2']", box.x + 900, box.y - 50);
    expect(moves[1]).toEqual([2, 1, 0]);
});

test("a trembling click moves nothing", async () => {
    const moves = await mountPlan();
    const box = queryRect(".o_alarm_marker[data-zone-id='1']");
    await drag(
        ".o_alarm_marker[data-zone-id='1']",
        box.x + box.width / 2 + 1,
        box.y + box.height / 2 + 1
    );
    expect(moves).toEqual([]);
    expect(".o_alarm_marker[data-zone-id='1']").toHaveClass("o_alarm_selected");
});

test("a zone from the list is placed by dragging, and not when dropped outside", async () => {
    const moves = await mountPlan();
    const box = queryRect(".o_alarm_plan_picture");
    await drag(".o_alarm_unplaced_zone", box.x - 40, box.y + 20);
    expect(moves).toEqual([]);
    await drag(".o_alarm_unplaced_zone", box.x + 200, box.y + 100);
    expect(moves[0][0]).toBe(3);
    expect(moves[0][1]).toBeWithin(0.49, 0.51);
});

test("a zone from the list is seen under the pointer while it is over the picture", async () => {
    await mountPlan();
    const box = queryRect(".o_alarm_plan_picture");
    const {x, y} = queryRect(".o_alarm_unplaced_zone");
    pointer("pointerdown", ".o_alarm_unplaced_zone", x + 5, y + 5);
    pointer("pointermove", ".o_alarm_unplaced_zone", box.x + 200, box.y + 100);
    await animationFrame();
    expect(".o_alarm_marker[data-zone-id='3']").toHaveCount(1);
    expect(".o_alarm_unplaced_zone").toHaveCount(1);
    pointer("pointermove", ".o_alarm_unplaced_zone", box.x - 40, box.y + 100);
    await animationFrame();
    expect(".o_alarm_marker[data-zone-id='3']").toHaveCount(0);
});

test("arrows nudge, Shift takes bigger steps, Delete takes off", async () => {
    const moves = await mountPlan();
    queryFirst(".o_alarm_marker[data-zone-id='1']").focus();
    await keyDown("ArrowRight");
    await keyDown(["Shift", "ArrowUp"]);
    await keyDown("Delete");
    expect(moves).toEqual([
        [1, 0.255, 0.5],
        [1, 0.25, 0.45],
        [1, null, null],
    ]);
});

test("read only: one zone stands out and nothing moves", async () => {
    const moves = await mountPlan({onPlace: undefined, highlight: 2});
    expect(".o_alarm_marker[data-zone-id='2']").toHaveClass("o_alarm_highlight");
    expect(".o_alarm_marker[data-zone-id='1']").toHaveClass("o_alarm_dimmed");
    expect(".o_alarm_plan_side").toHaveCount(0);
    await drag(".o_alarm_marker[data-zone-id='1']", 10, 10);
    await click(".o_alarm_marker[data-zone-id='1']");
    await keyDown("ArrowRight");
    expect(moves).toEqual([]);
});

test("the form saves what was placed", async () => {
    onRpc("web_save", ({args}) => {
        const layout = args[1].layout;
        expect.step([layout[0].x, layout[0].y, layout[2].x].join(" "));
    });
    await mountView({
        type: "form",
        resModel: "alarm.site.plan",
        resId: 1,
        arch: `<form><field name="name"/><field name="image" widget="image"/>
            <field name="layout" widget="alarm_site_plan_layout"/></form>`,
    });
    queryFirst(".o_alarm_marker[data-zone-id='1']").focus();
    await keyDown("ArrowLeft");
    await animationFrame();
    queryFirst(".o_alarm_unplaced_zone").focus();
    await keyDown("Enter");
    await animationFrame();
    expect(".o_alarm_unplaced_zone").toHaveCount(0);
    await contains(".o_form_button_save").click();
    expect.verifySteps(["0.245 0.5 0.5"]);
});
