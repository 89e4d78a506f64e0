import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {beforeEach, describe, expect, test} from "@odoo/hoot";
import {check, click, edit, press, queryAllTexts, waitFor} from "@odoo/hoot-dom";
import {advanceTime, animationFrame} from "@odoo/hoot-mock";
import {
    getService,
    makeServerError,
    mountWebClient,
    onRpc,
    serverState,
} from "@web/../tests/web_test_helpers";
import {browser} from "@web/core/browser/browser";
import {Drafts} from "@alarm_board/model/drafts";
import {rowsInHand} from "@alarm_board/model/in_hand";
import {
    makeBoard,
    makeRow,
    mine,
    mockSounds,
    openBoard,
    serveBoard,
} from "./board_test_helpers";

describe.current.tags("desktop");
defineMailModels();

let board;

beforeEach(() => {
    board = makeBoard();
    serveBoard(onRpc, board);
    onRpc("alarm.incident", "board_report_classes", () => [
        {value: "burglary", label: "Burglary"},
        {value: "fire", label: "Fire"},
    ]);
    onRpc("alarm.subscriber", "search_caller", ({args}) => {
        expect.step(`search ${args[0]}`);
        return [
            {
                id: 3,
                name: "Demo Shop",
                ref: "S1",
                state: "active",
                state_label: "Active",
                accounts: ["1234"],
                address: "Street 1",
                on_test: false,
            },
        ];
    });
    onRpc("alarm.subscriber", "board_report_form", () => ({
        contacts: [
            {id: 8, name: "Ann", role: "Owner", phone: "555 200", passcode_set: true},
        ],
        open: null,
        passcode_set: false,
        plans: [],
    }));
    mockSounds();
});

async function chooseSubscriber() {
    await press("o");
    await waitFor(".o_alarm_report");
    await click(".o_alarm_lookup_input input");
    await edit("shop");
    await advanceTime(200);
    await waitFor("[data-subscriber-id='3']");
    await press("Enter");
    await waitFor(".o_alarm_callers");
}

// Drafts

test("what is typed is kept for its owner, without secrets", () => {
    const storage = browser.sessionStorage;
    const drafts = new Drafts(storage, "db.2");
    drafts.keep("7.note", {text: "gate is open", passcode: "bluebird", empty: ""});
    expect(new Drafts(storage, "db.2").read("7.note")).toEqual({text: "gate is open"});
    expect(new Drafts(storage, "db.3").read("7.note")).toEqual({});
    drafts.drop("7.note");
    expect(drafts.read("7.note")).toEqual({});
});

test("a draft is kept while it changes, and nothing is kept of what was emptied", () => {
    const drafts = new Drafts(browser.sessionStorage, "db.2");
    const draft = drafts.observed("report", {text: "", phone: ""});
    draft.text = "fire";
    draft.phone = "555";
    expect(drafts.read("report")).toEqual({text: "fire", phone: "555"});
    draft.text = "";
    draft.phone = "";
    expect(browser.sessionStorage.length).toBe(0);
});

test("a draft that cannot be read is no draft", () => {
    const drafts = new Drafts(browser.sessionStorage, "db.2");
    browser.sessionStorage.setItem("alarm_board.draft.db.2.report", "{not json");
    expect(drafts.read("report")).toEqual({});
});

test("logging out forgets one's own drafts and nobody else's", () => {
    const own = new Drafts(browser.sessionStorage, "db.2");
    const other = new Drafts(browser.sessionStorage, "db.22");
    own.keep("report", {text: "a"});
    own.keep("7.note", {text: "b"});
    other.keep("report", {text: "c"});
    own.dropAll();
    expect([own.read("report"), own.read("7.note")]).toEqual([{}, {}]);
    expect(other.read("report")).toEqual({text: "c"});
});

test("in hand is what one holds, also what was put aside", () => {
    const rows = [
        makeRow({id: 1, state: "working", user: {id: 2}}),
        makeRow({id: 2, state: "held", user: {id: 2}}),
        makeRow({id: 3, state: "dispatched", user: {id: 2}}),
        makeRow({id: 4, state: "working", user: {id: 9}}),
        makeRow({id: 5, state: "queued"}),
        makeRow({id: 6, state: "resolved", user: {id: 2}}),
    ];
    expect(rowsInHand(rows, 2).map(({id}) => id)).toEqual([1, 2, 3]);
});

// Shift

test("a shift begins with reading what the last one has left", async () => {
    onRpc("alarm.shift", "action_start", () => {
        expect.step("start");
        board.desk = {
            shift: {started_at: new Date().toISOString()},
            notes: [
                {
                    id: 5,
                    user: "Bert",
                    ended_at: new Date().toISOString(),
                    note: "The lift alarm is known.",
                    facts: ["Open incidents: 1 of priority 2"],
                },
            ],
            colleagues: [{id: 9, name: "Bert", since: new Date().toISOString()}],
        };
        return true;
    });
    onRpc("alarm.shift", "action_read", ({args}) => {
        expect.step(`read ${args[0]}`);
        board.desk.notes = [];
        return true;
    });
    await openBoard();
    expect(".o_alarm_desk_button").toHaveText("Not on shift");
    await click(".o_alarm_start_shift");
    await waitFor(".o_alarm_notes");
    expect(".o_alarm_handover .o_alarm_note_text").toHaveText(
        "The lift alarm is known."
    );
    expect(".o_alarm_desk_notes").toHaveText("1 note");
    await click(".o_alarm_notes_read");
    await animationFrame();
    expect(".o_alarm_notes").toHaveCount(0);
    expect(".o_alarm_desk_notes").toHaveCount(0);
    expect.verifySteps(["start", "read 5"]);
});

test("the server hears of the board twice a minute", async () => {
    onRpc("alarm.shift", "board_desk", () => expect.step("beat"));
    await openBoard();
    await advanceTime(61000);
    const beats = expect.verifySteps.bind(null, ["beat", "beat", "beat"]);
    beats();
});

test("who ends a shift decides what becomes of what is in hand", async () => {
    const handover = {
        facts: ["Not restored: 2"],
        incidents: [
            {
                id: 4,
                name: "A1",
                state: "working",
                priority: "1",
                subscriber: "Demo Shop",
                event: "Burglary",
            },
        ],
        colleagues: [{id: 9, name: "Bert", since: "2026-11-20T08:00:00.000000Z"}],
        last: [],
    };
    board.desk = {shift: {started_at: new Date().toISOString()}};
    onRpc("alarm.shift", "board_handover", () => handover);
    onRpc("alarm.incident", "action_hand_over", ({args}) => {
        expect.step(`hand over ${args[0]} to ${args[1]}`);
        handover.incidents = [];
        handover.last = ["Demo Centre"];
        return true;
    });
    onRpc("alarm.shift", "action_end", ({args}) => {
        expect.step(`end ${args[0]} ${args[1]}`);
        board.desk = {};
        return true;
    });
    await openBoard();
    await click(".o_alarm_desk_button");
    await waitFor(".o_alarm_desk_end");
    await click(".o_alarm_desk_end");
    await waitFor(".o_alarm_in_hand");
    expect(".o_alarm_end_submit").not.toBeEnabled();
    await click(".o_alarm_in_hand_over");
    await waitFor(".o_alarm_last");
    expect(".o_alarm_in_hand").toHaveCount(0);
    expect(queryAllTexts(".o_alarm_handover_facts li")).toEqual(["Not restored: 2"]);
    await click(".o_alarm_end_note");
    await edit("gate is broken");
    expect(".o_alarm_end_submit").not.toBeEnabled();
    await check(".o_alarm_leave_empty");
    await animationFrame();
    await click(".o_alarm_end_submit");
    await waitFor("body:not(:has(.o_alarm_end_shift)) .o_alarm_start_shift");
    expect.verifySteps(["hand over 4 to 9", "end gate is broken last"]);
    expect(browser.sessionStorage.length).toBe(0);
});

test("leaving the screen with incidents in hand asks first", async () => {
    board.rows.push(makeRow({id: 4, state: "working", user: mine()}));
    await mountWebClient();
    const {doAction} = getService("action");
    await doAction({type: "ir.actions.client", tag: "alarm_board"});
    await waitFor(".o_alarm_row");
    const left = doAction({type: "ir.actions.client", tag: "alarm_board"});
    await waitFor(".o_alarm_leave");
    expect(queryAllTexts(".o_alarm_in_hand b")).toEqual(["Burglary"]);
    await click(".o_alarm_leave_stay");
    await animationFrame();
    expect(".o_alarm_board").toHaveCount(1);
    expect(".o_alarm_leave").toHaveCount(0);
    const unload = new Event("beforeunload", {cancelable: true});
    window.dispatchEvent(unload);
    expect(unload.defaultPrevented).toBe(true);
    await left;
});

// Calls

test("a call becomes an incident, and its passcode is nowhere kept", async () => {
    onRpc("alarm.incident", "action_report", ({args}) => {
        expect.step(JSON.stringify(args[0]));
        expect(JSON.stringify({...browser.sessionStorage})).not.toMatch("bluebird");
        return {id: 4, joined: false, taken: false, passcode: "ok", message: "made"};
    });
    await openBoard();
    await chooseSubscriber();
    expect(".o_alarm_report_take").not.toBeEnabled();
    await click(".o_alarm_callers input:first");
    await animationFrame();
    await click(".o_alarm_report_passcode");
    await edit("bluebird");
    await click("[data-class='fire']");
    expect("[data-class='fire'] input[type='radio']").toBeChecked();
    await click(".o_alarm_report_text");
    await edit("smoke on the roof");
    await animationFrame();
    await click(".o_alarm_report_queue");
    await animationFrame();
    expect(".o_alarm_report").toHaveCount(0);
    expect.verifySteps([
        "search shop",
        JSON.stringify({
            subscriber_id: 3,
            contact_id: 8,
            caller: "",
            phone: "555 200",
            place: "",
            event_class: "fire",
            text: "smoke on the roof",
            plan_id: false,
            passcode: "bluebird",
            take: false,
        }),
    ]);
    expect(browser.sessionStorage.length).toBe(0);
});

test("a call that is interrupted is found again", async () => {
    await openBoard();
    await chooseSubscriber();
    await click(".o_alarm_report_text");
    await edit("smoke on the roof");
    await click(".o_alarm_report .btn-close");
    await animationFrame();
    await press("o");
    await waitFor(".o_alarm_report");
    expect(".o_alarm_report_text").toHaveValue("smoke on the roof");
    expect(".o_alarm_chosen b").toHaveText("Demo Shop");
    expect.verifySteps(["search shop"]);
});

test("a report that was refused says why and keeps what was typed", async () => {
    onRpc("alarm.incident", "action_report", () => {
        throw makeServerError({message: "Somebody else is acting on it."});
    });
    await openBoard();
    await press("o");
    await waitFor(".o_alarm_report");
    await click(".o_alarm_report_elsewhere");
    await animationFrame();
    await click(".o_alarm_report_place");
    await edit("Harbour Road 9");
    await click(".o_alarm_report_caller");
    await edit("Police");
    await click("[data-class='burglary']");
    await animationFrame();
    await click(".o_alarm_report_take");
    await waitFor(".o_alarm_report .alert-danger");
    expect(".o_alarm_report .alert-danger").toHaveText(
        "Somebody else is acting on it."
    );
    expect(".o_alarm_report_place").toHaveValue("Harbour Road 9");
});

// Tests

test("a test signal is plainly no alarm", async () => {
    board.rows.push(makeRow({id: 4, injected: true}), makeRow({id: 5}));
    await openBoard();
    expect("[data-incident-id='4'] [data-mark='injected']").toHaveCount(1);
    expect("[data-incident-id='5'] [data-mark='injected']").toHaveCount(0);
});

// Session

test("an expired session asks for the password over the board", async () => {
    let expired = true;
    onRpc("alarm.shift", "board_desk", () => {
        if (expired) {
            throw makeServerError({
                errorName: "odoo.http.SessionExpiredException",
                message: "Session expired",
                code: 100,
            });
        }
    });
    onRpc("/web/session/authenticate", async (request) => {
        const {params} = await request.json();
        expect.step(`log in ${params.password}`);
        if (params.password !== "right") {
            throw makeServerError({errorName: "odoo.exceptions.AccessDenied"});
        }
        expired = false;
        return {uid: serverState.userId};
    });
    await mountWebClient();
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "alarm_board",
    });
    await waitFor(".o_alarm_login");
    await edit("wrong");
    await press("Enter");
    await waitFor(".o_alarm_login_failure");
    expect("#o_alarm_login_password").toHaveValue("");
    await click("#o_alarm_login_password");
    await edit("right");
    await press("Enter");
    await animationFrame();
    await animationFrame();
    expect(".o_alarm_login").toHaveCount(0);
    expect(".o_alarm_board").toHaveCount(1);
    expect.verifySteps(["log in wrong", "log in right"]);
});
