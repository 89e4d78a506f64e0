import {
    makeBoard,
    makeRow,
    makeStep,
    mine,
    mockSounds,
    openBoard,
    serveBoard,
} from "@alarm_board/../tests/board_test_helpers";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {describe, expect, test} from "@odoo/hoot";
import {click, edit, press, waitFor} from "@odoo/hoot-dom";
import {onRpc} from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");
defineMailModels();

test("Enter after the reason why nobody is sent sends nobody", async () => {
    const board = makeBoard();
    board.rows = [makeRow({id: 2, state: "working", user: mine()})];
    const step = makeStep({kind: "dispatch", state: "current"});
    board.detail.orders = [];
    board.detail.plan = {name: "", reason: "", offered: "", steps: [step]};
    serveBoard(onRpc, board);
    mockSounds();
    onRpc("alarm.incident", "board_propose", () => ({
        policy: "",
        crew_size: 1,
        located: true,
        candidates: [
            {
                id: 5,
                name: "Rosa",
                phone: "",
                distance: 0.8,
                minutes: 2,
                load: 0,
                suitable: true,
                obstacles: "",
            },
        ],
    }));
    onRpc("alarm.incident", "action_dispatch", () => expect.step("sent"));
    onRpc("alarm.incident", "action_step_done", ({args}) => {
        expect.step(args);
        return true;
    });
    await openBoard();
    await click(".o_alarm_row");
    await waitFor(".o_alarm_panel_body");
    await press("g");
    await waitFor(".o_alarm_dispatch_send");
    await click(".o_alarm_dispatch_form .btn-link");
    await waitFor("input[aria-label='Why nobody is sent']");
    await click("input[aria-label='Why nobody is sent']");
    await edit("the road is closed");
    await press("Enter");
    await waitFor(".o_alarm_panel:not(:has(.o_alarm_dispatch_form))");
    expect.verifySteps([[[2], 1, "unavailable", "the road is closed"]]);
});
