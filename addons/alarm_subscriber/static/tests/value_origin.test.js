import {click, queryAllTexts} from "@odoo/hoot-dom";
import {expect, test} from "@odoo/hoot";
import {
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {animationFrame} from "@odoo/hoot-mock";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

class Panel extends models.Model {
    _name = "alarm.panel";
    interval = fields.Integer();
    model = fields.Char();
    own_values = fields.Json();
    value_origins = fields.Json();
    _records = [
        {
            id: 1,
            interval: 90,
            model: "X1",
            own_values: ["interval", "other"],
            value_origins: {
                interval: {words: "own value; the type X says 60 s", own: true},
                model: {words: "from panel type X", own: false},
            },
        },
    ];
}
defineModels([Panel]);
defineMailModels();

const ARCH = `
    <form>
        <field name="own_values" invisible="1" />
        <field name="value_origins" invisible="1" />
        <field name="interval" />
        <widget name="alarm_value_origin" options="{'field': 'interval'}" />
        <field name="model" />
        <widget name="alarm_value_origin" options="{'field': 'model'}" />
        <widget name="alarm_value_origin" options="{'field': 'unknown'}" />
    </form>`;

test("says where values come from, and lets own ones follow again", async () => {
    let saved = null;
    onRpc("alarm.panel", "web_save", ({args}) => {
        saved = args[1];
    });
    await mountView({type: "form", resModel: "alarm.panel", resId: 1, arch: ARCH});
    expect(queryAllTexts(".o_alarm_value_origin_words")).toEqual([
        "own value; the type X says 60 s",
        "from panel type X",
    ]);
    await click(".o_alarm_value_origin button");
    await animationFrame();
    await click(".o_form_button_save");
    await animationFrame();
    expect(saved).toEqual({own_values: ["other"]});
});

test("who may not change the record only reads", async () => {
    await mountView({
        type: "form",
        resModel: "alarm.panel",
        resId: 1,
        arch: ARCH.replace("<form>", '<form edit="0">'),
    });
    expect(".o_alarm_value_origin").toHaveCount(2);
    expect(".o_alarm_value_origin button").toHaveCount(0);
});
