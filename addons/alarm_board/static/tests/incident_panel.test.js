import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {beforeEach, describe, expect, test} from "@odoo/hoot";
import {
    click,
    edit,
    keyDown,
    keyUp,
    press,
    queryAllTexts,
    queryFirst,
    waitFor,
} from "@odoo/hoot-dom";
import {Deferred, animationFrame} from "@odoo/hoot-mock";
import {
    getService,
    makeServerError,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {AlarmBoard} from "@alarm_board/board/alarm_board";
import {
    makeBoard,
    makeOutcome,
    makePerson,
    makeRow,
    makeStep,
    mine,
    mockSounds,
    openBoard,
    packRows,
    serveBoard,
} from "./board_test_helpers";

describe.current.tags("desktop");
defineMailModels();

let board;
let detail;
let version;

beforeEach(() => {
    board = makeBoard();
    detail = board.detail;
    version = 10;
    serveBoard(onRpc, board);
    mockSounds();
});

/** The verbs of the server: each is a step of the test, and may change the detail. */
function serve(method, then = () => {}) {
    onRpc("alarm.incident", method, ({args}) => {
        const [, ...parameters] = args;
        expect.step([method, ...parameters]);
        const answer = then(...parameters);
        version += 1;
        board.rows = board.rows.map((row) => ({
            ...row,
            version: [version, 1, version],
        }));
        return answer ?? true;
    });
}

async function openIncident(values = {}) {
    board.rows = [makeRow({id: 2, state: "working", user: mine(), ...values})];
    await openBoard();
    await click(".o_alarm_row");
    await waitFor(".o_alarm_panel_body");
    await animationFrame();
}

const plan = (...steps) => ({name: "Burglary", reason: "", offered: "", steps});

async function settle() {
    for (let i = 0; i < 4; i++) {
        await animationFrame();
    }
}

test("notes that must be read come before anything else", async () => {
    detail.notes = [
        {...detail.notes[0], id: 7, text: "Key at the gate", must_read: true},
    ];
    detail.plan = plan(makeStep({state: "current"}));
    serve("action_read_notes", () => {
        detail.notes = [{...detail.notes[0], read: true}];
    });
    await openIncident();
    expect(".o_alarm_unread").toHaveText(/Key at the gate/);
    for (const key of ["x", "c", "h", "1", "p"]) {
        await press(key);
        await animationFrame();
    }
    expect(".o_alarm_form").toHaveCount(0);
    expect(".o_alarm_unread_nudged").toHaveCount(1);
    expect(".o_alarm_read_notes").toBeFocused();
    await press("enter");
    await settle();
    expect.verifySteps([["action_read_notes", [7]]]);
    expect(".o_alarm_unread").toHaveCount(0);
    expect(".o_alarm_card_note").toHaveText(/Key at the gate/);
});

test("Enter ends a step that only has to be done, a digit says how it ended", async () => {
    detail.plan = plan(
        makeStep({number: 1, state: "current"}),
        makeStep({
            number: 2,
            kind: "decide",
            outcomes: ["false_alarm", "confirmed"].map(makeOutcome),
        })
    );
    serve("action_step_done", (id) => {
        const steps = detail.plan.steps.map((step) =>
            step.id === id
                ? {...step, state: "done", outcome_label: "done"}
                : {...step, state: id === 1 ? "current" : step.state}
        );
        detail.plan = {...detail.plan, steps};
    });
    await openIncident();
    expect(".o_alarm_step").toHaveAttribute("data-step", "1");
    await press("enter");
    await settle();
    expect(".o_alarm_step").toHaveAttribute("data-step", "2");
    expect(".o_alarm_steps_done").toHaveCount(1);
    await press("enter");
    await settle();
    expect(".o_alarm_step_told").toHaveText(/press its digit/);
    await press("2");
    await settle();
    expect.verifySteps([
        ["action_step_done", 1, "done", ""],
        ["action_step_done", 2, "confirmed", ""],
    ]);
    expect(".o_alarm_step").toHaveCount(0);
});

test("a step that the server refuses is not done, and the board says so", async () => {
    detail.plan = plan(makeStep({number: 1, state: "current"}));
    const answer = new Deferred();
    onRpc("alarm.incident", "action_step_done", () => answer);
    await openIncident();
    await press("1");
    await settle();
    expect(".o_alarm_steps_inhand .fa-spin").toHaveCount(1);
    expect(".o_alarm_steps_done").toHaveCount(0);
    answer.reject(makeServerError({message: "Not now."}));
    await waitFor(".o_notification");
    await settle();
    expect(".o_notification_content").toHaveText(/Not now\./);
    expect(".o_alarm_steps_inhand .fa-spin").toHaveCount(0);
    expect(".o_alarm_step").toHaveAttribute("data-step", "1");
});

test("an outcome that needs a word asks for it and keeps it", async () => {
    detail.plan = plan(makeStep({number: 1, state: "current"}));
    serve("action_step_done");
    await openIncident();
    await press("2");
    await animationFrame();
    expect(".o_alarm_step_note input").toBeFocused();
    await edit("line is dead");
    await press("enter");
    await settle();
    expect.verifySteps([["action_step_done", 1, "unavailable", "line is dead"]]);
});

test("a step can be done out of its order", async () => {
    detail.plan = plan(
        makeStep({number: 1, state: "current"}),
        makeStep({number: 2, name: "Second"})
    );
    serve("action_step_done");
    await openIncident();
    await click(".o_alarm_steps_left:contains(Second) button");
    await animationFrame();
    expect(".o_alarm_step").toHaveAttribute("data-step", "2");
    await press("1");
    await settle();
    expect.verifySteps([["action_step_done", 2, "done", ""]]);
});

test("C puts the next person in focus, arrows move, a digit writes the call down", async () => {
    detail.calls.persons = [
        makePerson({contact_id: 1, name: "Ann"}),
        makePerson({contact_id: 2, name: "Bob", next: true}),
    ];
    serve("board_call", () => ({ended: false}));
    await openIncident();
    await press("c");
    await settle();
    expect(".o_alarm_contact_called").toHaveText(/Bob/);
    await press("arrowup");
    await animationFrame();
    expect(".o_alarm_contact_called").toHaveText(/Ann/);
    expect(".o_alarm_contact_called .o_alarm_call").toHaveAttribute(
        "href",
        "tel:555 200"
    );
    await press("2");
    await settle();
    expect.verifySteps([
        [
            "board_call",
            {contact_id: 1, phone: "555 200", name: "Ann"},
            "no_answer",
            "",
            false,
        ],
    ]);
    await press("escape");
    await animationFrame();
    expect(".o_alarm_contact_called").toHaveCount(0);
    expect(".o_alarm_panel").toHaveCount(1);
});

test("a passcode is sent, never kept, and duress looks like a right one", async () => {
    serve("action_verify_passcode", () => ({
        result: "duress",
        contact: "Ann",
        tries_left: 3,
        locked_until: "",
        step_done: false,
    }));
    await openIncident();
    await press("k");
    await animationFrame();
    expect(".o_alarm_passcode_word").toBeFocused();
    expect(".o_alarm_passcode_word").toHaveAttribute("type", "password");
    await edit("harbour");
    await press("enter");
    await settle();
    expect.verifySteps([["action_verify_passcode", "harbour", false, false]]);
    expect(".o_alarm_passcode_word").toHaveValue("");
    expect(".o_alarm_passcode_answer").toHaveText(/Correct/);
    expect(".o_alarm_passcode_answer").not.toHaveText(/uress/);
    expect(".o_alarm_silent").toHaveCount(1);
});

test("P writes down the call to the police with their number", async () => {
    serve("board_notify");
    await openIncident();
    await press("p");
    await animationFrame();
    expect(".o_alarm_choice_chosen").toHaveText(/police/);
    expect(".o_alarm_form .o_alarm_call").toHaveAttribute("href", "tel:110");
    expect(".o_alarm_reference").toBeFocused();
    await edit("P-7");
    await press("enter");
    await settle();
    expect.verifySteps([["board_notify", "police", "", "P-7", false]]);
    expect(".o_alarm_form").toHaveCount(0);
});

test("/ offers templates for a note", async () => {
    detail.templates = ["Nobody answers", "The keyholder comes"];
    serve("action_note");
    await openIncident();
    await press("/");
    await settle();
    expect(queryAllTexts(".o_alarm_templates button")).toEqual([
        "1Nobody answers",
        "2The keyholder comes",
    ]);
    await press("arrowdown");
    await press("enter");
    await animationFrame();
    expect(".o_alarm_note_form textarea").toHaveValue("The keyholder comes");
    await press("enter");
    await settle();
    expect.verifySteps([["action_note", "The keyholder comes"]]);
});

test("hold asks for minutes and a reason", async () => {
    serve("action_hold", () => {
        board.rows[0].state = "held";
    });
    await openIncident();
    await press("h");
    await animationFrame();
    expect(".o_alarm_minutes").toBeFocused();
    await edit("15");
    await click("#o_alarm_hold_reason");
    await edit("waits for the owner");
    await press("enter");
    await settle();
    expect.verifySteps([["action_hold", 15, "waits for the owner"]]);
    expect(".o_alarm_panel").toHaveCount(0);
});

test("what is missing to close is listed, with the way there", async () => {
    detail.closing = {
        missing: [
            {gate: "signals", sentence: "2 signals to acknowledge."},
            {gate: "loss", sentence: "The loss."},
        ],
        suggested: "",
        resolution: "Real",
        resolution_note: "",
    };
    detail.unacknowledged = 2;
    detail.signals = [];
    serve("action_acknowledge", () => {
        detail.unacknowledged = 0;
        detail.closing = {...detail.closing, missing: detail.closing.missing.slice(1)};
    });
    serve("action_loss", () => {
        detail.closing = {...detail.closing, missing: []};
    });
    serve("action_close", () => {
        board.rows[0].state = "closed";
    });
    serve("action_note", () => {
        board.rows[0].state = "resolved";
    });
    await openIncident();
    await press("n");
    await animationFrame();
    await edit("x");
    await press("enter");
    await settle();
    expect(".o_alarm_missing").toHaveText(/2 signals to acknowledge/);
    await press("x");
    await settle();
    await press("x");
    await animationFrame();
    await edit("nothing");
    await press("enter");
    await settle();
    expect(".o_alarm_close").toHaveCount(1);
    await press("x");
    await settle();
    expect.verifySteps([
        ["action_note", "x"],
        ["action_acknowledge"],
        ["action_loss", "nothing", 0],
        ["action_close"],
    ]);
    expect(".o_alarm_panel").toHaveCount(0);
});

test("what lacks nothing is closed with it, also when news of it come meanwhile", async () => {
    const lacking = [{gate: "resolution", sentence: "A resolution."}];
    detail.closing = {...detail.closing, missing: lacking};
    const answers = [];
    let late = false;
    onRpc("alarm.incident", "board_detail", () => {
        if (!late) {
            return detail;
        }
        const answer = new Deferred();
        answers.push(answer);
        return answer;
    });
    serve("action_resolve", () => {
        late = true;
    });
    serve("action_close", () => {
        late = false;
        board.rows[0].state = "closed";
    });
    await openIncident();
    await press("x");
    await settle();
    await press("1");
    await press("enter");
    await settle();
    board.rows = board.rows.map((row) => ({...row, version: [20, 2, 20]}));
    getService("alarm_board").feed.onIncidents(packRows(board.rows));
    await settle();
    expect(answers.length).toBeGreaterThan(1);
    for (const answer of answers) {
        answer.resolve({...detail, closing: {...detail.closing, missing: []}});
        await settle();
    }
    expect.verifySteps([["action_resolve", "false_user", ""], ["action_close"]]);
});

test("W opens what is resolved and not closed", async () => {
    board.unclosed = [{id: 2, name: "INC/1", subscriber: "Demo Shop"}];
    board.rows = [makeRow({id: 2, state: "resolved", user: mine()})];
    await mountWithCleanup(AlarmBoard, {
        props: {action: {}, actionId: 1, className: ""},
    });
    await waitFor(".o_alarm_unclosed");
    expect(".o_alarm_unclosed").toHaveText(/^1/);
    await press("w");
    await waitFor(".o_alarm_card_closing");
    expect(".o_alarm_panel").toHaveAttribute("data-panel-incident-id", "2");
});

test("what is resolved and not closed is counted at once", async () => {
    await openIncident();
    expect(".o_alarm_unclosed").toHaveCount(0);
    board.unclosed = [{id: 2, name: "INC/1", subscriber: "Demo Shop"}];
    board.rows = [
        makeRow({id: 2, state: "resolved", user: mine(), version: [20, 1, 1]}),
    ];
    await getService("alarm_board").refresh([2]);
    await waitFor(".o_alarm_unclosed");
    expect(".o_alarm_unclosed").toHaveText(/^1/);
});

test("zones of the alarm are lit on the site plan", async () => {
    detail.plans = [
        {
            id: 1,
            name: "Ground",
            url: "/web/static/img/placeholder.png",
            zones: [
                {id: 5, number: "005", name: "Door", x: 0.25, y: 0.5, lit: true},
                {id: 6, number: "006", name: "Hall", x: 0.75, y: 0.5, lit: false},
            ],
        },
    ];
    await openIncident();
    expect(".o_alarm_site_zone").toHaveCount(2);
    expect(".o_alarm_site_zone_lit").toHaveText("005");
    const lit = queryFirst(".o_alarm_site_zone_lit");
    expect(lit.style.getPropertyValue("--alarm-x")).toBe("0.25");
});

test("an incident of a colleague can be read and noted on, nothing else", async () => {
    detail.plan = plan(makeStep({number: 1, state: "current"}));
    await openIncident({user: {id: 99, name: "Li"}});
    expect(queryAllTexts(".o_alarm_panel_verbs button")).toEqual(["NoteN"]);
    expect(".o_alarm_outcome").toHaveCount(0);
    await press("enter");
    await press("1");
    await press("x");
    await settle();
    expect(".o_alarm_form").toHaveCount(0);
    expect.verifySteps([]);
});

test("the focus goes from what to do to what happened", async () => {
    await openIncident();
    const order = [...document.querySelectorAll(".o_alarm_panel_column")].map(
        (column) => column.className.match(/column_(\w+)/)[1]
    );
    expect(order).toEqual(["work", "site", "history"]);
});

test("the history is asked anew with each signal, also once the list of them is full", async () => {
    const signal = (id) => ({
        id,
        at: "2026-11-20T08:00:00.000000Z",
        words: "Burglary",
        class: "burglary",
        code: "cid 130",
        where: "005",
        restore: false,
        delay: 0,
        role: "alarm",
        role_label: "Alarm",
        acknowledged: true,
    });
    detail.signals = [signal(2), signal(1)];
    onRpc("alarm.incident", "board_history", () => expect.step("history"));
    await openIncident();
    expect.verifySteps(["history"]);
    detail.signals = [signal(3), signal(2)];
    board.rows = board.rows.map((row) => ({...row, version: [11, 3, 11]}));
    getService("alarm_board").feed.onIncidents(packRows(board.rows));
    await settle();
    expect.verifySteps(["history"]);
});

test("a late answer does not close what is being typed by then", async () => {
    const answer = new Deferred();
    onRpc("alarm.incident", "action_note", () => answer);
    await openIncident();
    board.rows.push(makeRow({id: 3, subscriber_id: 8, state: "working", user: mine()}));
    getService("alarm_board").feed.onIncidents(packRows(board.rows));
    await settle();
    await press("n");
    await settle();
    await edit("dog in the yard");
    await press("enter");
    await click("[data-incident-id='3']");
    await settle();
    await press("n");
    await settle();
    await edit("window is");
    answer.resolve(true);
    await settle();
    expect(".o_alarm_note_form textarea").toHaveValue("window is");
    expect(".o_alarm_note_form textarea").toBeFocused();
});

test("a key that is held down sends a form once, and asks for nothing else", async () => {
    const answer = new Deferred();
    onRpc("alarm.incident", "action_note", ({args}) => {
        expect.step(args[1]);
        return answer;
    });
    await openIncident();
    await press("n");
    await settle();
    await edit("dog in the yard");
    await keyDown("Enter");
    await keyDown("Enter");
    await keyDown("Enter");
    await keyUp("Enter");
    await settle();
    expect.verifySteps(["dog in the yard"]);
    expect(".o_notification").toHaveCount(0);
    answer.resolve(true);
    await waitFor(".o_alarm_panel:not(:has(.o_alarm_note_form))");
});
