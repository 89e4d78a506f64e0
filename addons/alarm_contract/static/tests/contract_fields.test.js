import {defineModels, fields, models, mountView} from "@web/../tests/web_test_helpers";
import {expect, test} from "@odoo/hoot";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {queryAllTexts} from "@odoo/hoot-dom";

const day = (at, date, kind, past, ...texts) => ({at, date, kind, past, texts});

class TestContract extends models.Model {
    _name = "test.contract";

    timeline = fields.Json();
    owed = fields.Json();

    _records = [
        {
            id: 1,
            timeline: {
                first: "2026-01-01",
                last: "2027-12-31",
                today: 25,
                term: [10, 100],
                open: false,
                days: [
                    day(0, "2026-01-01", "start", true, "Signed"),
                    day(
                        10,
                        "2026-03-15",
                        "start",
                        true,
                        "Service started",
                        "Term starts"
                    ),
                    day(100, "2027-12-31", "end", false, "Term ends"),
                ],
            },
            owed: {
                date: "2026-07-01",
                overdue: false,
                total: "¥ 260.00",
                rows: [
                    {
                        name: "Monitoring",
                        why: "50 % discount until 2026-07-10",
                        site: "",
                        date: "2026-07-01",
                        quantity: "1",
                        price: "¥ 310.00",
                        discount: "16.13 %",
                        amount: "¥ 260.00",
                        value: 260,
                    },
                ],
                waiting: [
                    {
                        id: 7,
                        name: "Maintenance",
                        why: "begins with the service",
                        price: "¥ 9.00",
                    },
                ],
            },
        },
        {id: 2, timeline: false, owed: {date: false, rows: [], waiting: []}},
    ];
}

defineMailModels();
defineModels([TestContract]);

const show = (resId) =>
    mountView({
        type: "form",
        resModel: "test.contract",
        resId,
        arch: `<form>
            <field name="timeline" widget="alarm_contract_timeline"/>
            <field name="owed" widget="alarm_contract_owed"/>
        </form>`,
    });

test("the term is a line with today on it, and the days are told below", async () => {
    await show(1);
    expect(".o_alarm_timeline_mark").toHaveCount(3);
    expect(".o_alarm_timeline_term").toHaveStyle(
        {left: "10%", width: "90%"},
        {inline: true}
    );
    expect(".o_alarm_timeline_today").toHaveStyle({left: "25%"}, {inline: true});
    expect(".o_alarm_timeline_days li.text-muted").toHaveCount(2);
    expect(
        queryAllTexts(
            ".o_alarm_timeline_days li:nth-child(2) .o_alarm_timeline_texts > span"
        )
    ).toEqual(["Service started", "Term starts"]);
});

test("what is owed next is told with its reason, and what waits", async () => {
    await show(1);
    expect(".o_alarm_owed tbody tr").toHaveCount(1);
    expect(".o_alarm_owed_what").toHaveText(
        "Monitoring\n50 % discount until 2026-07-10"
    );
    expect(queryAllTexts(".o_alarm_owed th")).toEqual([
        "What",
        "Quantity",
        "Price",
        "Discount",
        "Amount",
        "Due On",
    ]);
    expect(".o_alarm_owed tfoot").toHaveText(/260\.00/);
    expect(".o_alarm_owed li").toHaveText(
        "Maintenance (¥ 9.00): begins with the service"
    );
});

test("a contract without anything says so", async () => {
    await show(2);
    expect(".o_alarm_timeline").toHaveCount(0);
    expect(".o_alarm_owed").toHaveText("Nothing is owed at present.");
});

test("what is owed next stands in one line with its day", async () => {
    await mountView({
        type: "form",
        resModel: "test.contract",
        resId: 1,
        arch: `<form><field name="owed" widget="alarm_contract_owed_brief"/></form>`,
    });
    expect(queryAllTexts(".o_alarm_owed_brief > span")).toEqual([
        "¥ 260.00",
        "2026-07-01",
    ]);
});
