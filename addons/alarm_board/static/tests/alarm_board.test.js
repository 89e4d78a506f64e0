import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {after, beforeEach, describe, expect, test} from "@odoo/hoot";
import {
    click,
    edit,
    press,
    queryAll,
    queryAllTexts,
    queryOne,
    select,
    waitFor,
} from "@odoo/hoot-dom";
import {Deferred, advanceTime, animationFrame, mockDate} from "@odoo/hoot-mock";
import {
    getService,
    makeServerError,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import {browser} from "@web/core/browser/browser";
import {ConnectionLostError} from "@web/core/network/rpc";
import {registry} from "@web/core/registry";
import {AlarmBoard} from "@alarm_board/board/alarm_board";
import {
    makeBoard,
    makeRow,
    mine,
    mockSounds,
    openBoard,
    packRows,
    serveBoard,
} from "./board_test_helpers";

describe.current.tags("desktop");
defineMailModels();

let board;
/** Ids that the board reported as painted, one text for each call. */
let shown;

beforeEach(() => {
    board = makeBoard();
    shown = [];
    serveBoard(onRpc, board);
    onRpc("alarm.incident", "action_shown", ({args}) => {
        shown.push(args[0].join(","));
        return true;
    });
    mockSounds((name) => expect.step(`sound ${name}`));
});

const arrive = async (...rows) => {
    board.rows.push(...rows);
    getService("alarm_board").feed.onIncidents(packRows(rows));
    await animationFrame();
};
const rowIds = () =>
    queryAll(".o_alarm_row").map((element) => Number(element.dataset.incidentId));

test("an empty board says so", async () => {
    await openBoard();
    expect(".o_alarm_queue_empty_title").toHaveText("No open alarms");
});

test("an alarm of the bus becomes a row with what other programs rely on", async () => {
    await openBoard();
    await arrive(makeRow({id: 4, priority: "1", signal_uid: "epoch:sg-1:7"}));
    expect(".o_alarm_row").toHaveCount(1);
    expect(".o_alarm_row").toHaveAttribute("data-incident-id", "4");
    expect(".o_alarm_row").toHaveAttribute("data-priority", "1");
    expect(".o_alarm_row").toHaveAttribute("data-signal-uid", "epoch:sg-1:7");
    expect(".o_alarm_row").toHaveAttribute("aria-rowindex", "1");
    expect(".o_alarm_row_event").toHaveText("Burglary");
    expect(document.title).toMatch(/^\(1\)/);
});

test("rows of companies that are not selected stay away", async () => {
    await openBoard();
    await arrive(makeRow({id: 4, company_id: 99}), makeRow({id: 5, company_id: false}));
    expect(rowIds()).toEqual([5]);
});

test("rows are ordered by priority, then age, and move when that changes", async () => {
    await openBoard();
    await arrive(makeRow({id: 1, priority: "3"}), makeRow({id: 2, priority: "2"}));
    expect(rowIds()).toEqual([2, 1]);
    await arrive(makeRow({id: 1, priority: "1", version: [20, 1, 2]}));
    expect(rowIds()).toEqual([1, 2]);
});

test("Space takes the next alarm and opens it", async () => {
    board.rows = [makeRow({id: 1, priority: "3"}), makeRow({id: 2, priority: "1"})];
    onRpc("alarm.incident", "action_take", ({args}) => {
        expect.step(`take ${args[0]}`);
        board.rows[1] = makeRow({
            id: 2,
            version: [20, 1, 2],
            state: "working",
            user: mine(),
        });
        return true;
    });
    await openBoard();
    await press("space");
    await waitFor(".o_alarm_card_contacts");
    expect.verifySteps(["take 2"]);
    expect(".o_alarm_panel").toHaveAttribute("data-panel-incident-id", "2");
    expect(".o_alarm_call").toHaveAttribute("href", "tel:555 200");
    expect(".o_alarm_note_text").toHaveText("Dog in the yard");
    await press("escape");
    await animationFrame();
    expect(".o_alarm_panel").toHaveCount(0);
    expect(".o_alarm_row_mine").toHaveCount(1);
});

test("an alarm that arrives before the first list is on the board", async () => {
    const list = new Deferred();
    onRpc("alarm.incident", "board_rows", () => list);
    await mountWithCleanup(AlarmBoard, {
        props: {action: {}, actionId: 1, className: ""},
    });
    await arrive(makeRow({id: 7}));
    expect(rowIds()).toEqual([7]);
    list.resolve({
        now: new Date().toISOString(),
        lists: board.lists,
        receivers: [],
        thresholds: board.thresholds,
        places: board.places,
        company: "",
        digest: [board.rows.length, 0, 0],
        ...packRows(board.rows),
    });
    await waitFor(".o_alarm_link_connected");
    expect(rowIds()).toEqual([7]);
});

test("who is too late is told who was faster", async () => {
    board.rows = [makeRow({id: 2})];
    onRpc("alarm.incident", "action_take", () => {
        const user = {id: 99, name: "Li"};
        board.rows = [makeRow({id: 2, version: [20, 1, 2], state: "working", user})];
        throw makeServerError({message: "Li already holds INC/2."});
    });
    await openBoard();
    await press("space");
    await waitFor(".o_notification");
    expect(".o_notification_content").toHaveText(/Li already holds INC\/2\./);
    expect(".o_alarm_panel").toHaveCount(0);
    expect(".o_alarm_row_others").toHaveCount(1);
});

test("keys are off while typing", async () => {
    board.rows = [makeRow({id: 2})];
    await openBoard();
    await click(".o_alarm_search");
    await edit("x y");
    await animationFrame();
    expect(".o_alarm_panel").toHaveCount(0);
    expect(".o_alarm_queue_empty_title").toHaveText("Nothing here");
    expect.verifySteps([]);
});

test("a note that was not sent survives leaving the incident", async () => {
    board.rows = [makeRow({id: 2, state: "working", user: mine()})];
    await openBoard();
    await click(".o_alarm_row");
    await waitFor(".o_alarm_card_entries");
    await press("n");
    await waitFor(".o_alarm_note_form");
    await edit("called, no answer");
    await press("escape");
    await animationFrame();
    await press("escape");
    await animationFrame();
    expect(".o_alarm_panel").toHaveCount(0);
    await click(".o_alarm_row");
    await waitFor(".o_alarm_card_entries");
    await press("n");
    await waitFor(".o_alarm_note_form");
    expect(".o_alarm_note_form textarea").toHaveValue("called, no answer");
});

test("X and a digit resolve with a code and a note; nothing missing, it is closed", async () => {
    board.rows = [makeRow({id: 2, state: "working", user: mine()})];
    const becomes = (state, version) => {
        board.rows = [makeRow({id: 2, version, state, user: mine()})];
        return true;
    };
    onRpc("alarm.incident", "action_resolve", ({args}) => {
        expect.step(args);
        return becomes("resolved", [20, 1, 2]);
    });
    onRpc("alarm.incident", "action_close", ({args}) => {
        expect.step(`close ${args[0]}`);
        return becomes("closed", [30, 1, 3]);
    });
    await openBoard();
    await click(".o_alarm_row");
    await waitFor(".o_alarm_card_contacts");
    await press("x");
    await animationFrame();
    await press("2");
    await animationFrame();
    expect(".o_alarm_choice_chosen").toHaveText("2\nReal\nreal");
    expect(".o_alarm_form_hint").toHaveText(/a note, Customer, the loss/);
    await edit("guard saw it");
    await press("enter");
    await waitFor(".o_alarm_queue_empty_title");
    expect.verifySteps([[[2], "real", "guard saw it"], "close 2"]);
});

test("a board that cannot reach the server says so, and recovers", async () => {
    board.rows = [makeRow({id: 2})];
    await openBoard();
    await click(".o_alarm_start_shift");
    expect(".o_alarm_not_connected").toHaveCount(0);
    getService("bus_service").trigger("BUS:DISCONNECT");
    await animationFrame();
    expect(".o_alarm_not_connected").toHaveCount(1);
    expect(".o_alarm_row").toHaveCount(1);
    await advanceTime(1000);
    board.rows = [];
    getService("bus_service").trigger("BUS:RECONNECT");
    await animationFrame();
    await animationFrame();
    expect(".o_alarm_not_connected").toHaveCount(0);
    expect(".o_alarm_row").toHaveCount(0);
    expect.verifySteps(["sound technical", "sound burglary", "sound connection_lost"]);
    expect(".o_alarm_gap_over").toHaveText(/was not up to date/);
});

test("a storm that nobody told of is known once the board is connected again", async () => {
    const line = {
        company_id: 1,
        company: "Demo Centre",
        storm: null,
        inflow: 0,
        minutes: 5,
        threshold: 30,
        told: "2026-11-20T08:00:00.000000Z",
    };
    onRpc("alarm.storm", "board_storms", () => [line]);
    await openBoard();
    expect(".o_alarm_storm_going").toHaveCount(0);
    getService("bus_service").trigger("BUS:DISCONNECT");
    await advanceTime(1000);
    line.storm = {id: 7, reason: "hail", since: line.told, by: "Li", closed: 0};
    getService("bus_service").trigger("BUS:RECONNECT");
    await waitFor(".o_alarm_storm_going");
});

test("what a storm is told does not wait for ever", async () => {
    onRpc("alarm.storm", "action_begin", () => new Deferred());
    await openBoard();
    let failure = null;
    getService("alarm_storm")
        .begin("hail", 1)
        .catch((error) => (failure = error));
    await advanceTime(9000);
    expect(failure).toBe(null);
    await advanceTime(1000);
    expect(failure).toBeInstanceOf(ConnectionLostError);
});

test("a receiver that fell silent is told loudly", async () => {
    board.receivers = [
        {id: 1, name: "sg-1", bridges: [], state: "silent", last_heartbeat_at: null},
    ];
    await openBoard();
    expect(".o_alarm_receiver_silent").toHaveText(/sg-1/);
    board.receivers = [
        {
            ...board.receivers[0],
            state: "online",
            last_heartbeat_at: new Date().toISOString(),
        },
    ];
    getService("alarm_board").feed.onReceivers({receivers: board.receivers});
    await animationFrame();
    expect(".o_alarm_receiver_silent").toHaveCount(0);
    expect("[data-link='sg-1']").toHaveClass("o_alarm_link_online");
});

test("receivers of companies that are not selected stay away", async () => {
    await openBoard();
    const receiver = {bridges: [], state: "silent", last_heartbeat_at: null};
    getService("alarm_board").feed.onReceivers({
        receivers: [
            {...receiver, id: 1, name: "far", company_id: 99},
            {...receiver, id: 2, name: "here", company_id: false},
        ],
    });
    await animationFrame();
    expect(".o_alarm_receiver_silent").toHaveCount(1);
    expect(".o_alarm_receiver_silent").toHaveText(/here/);
});

test("the bridges of a receiver say what they do", async () => {
    const bridge = {state: "online", heard: true, sending: false};
    board.receivers = [
        {
            id: 1,
            name: "sg-1",
            state: "online",
            last_heartbeat_at: new Date().toISOString(),
            bridges: [
                {...bridge, name: "hq-1", sending: true},
                {...bridge, name: "hq-2"},
                {...bridge, name: "hq-3", heard: false},
            ],
        },
    ];
    await openBoard();
    expect("[data-bridge='hq-1']").toHaveClass("o_alarm_bridge_sending");
    expect("[data-bridge='hq-2']").toHaveAttribute("title", "hq-2: stands by");
    expect("[data-bridge='hq-3']").toHaveClass("o_alarm_bridge_silent");
    expect(".o_alarm_receiver_silent").toHaveCount(0);
});

test("a row tells of a late delivery and of a tick elsewhere", async () => {
    board.rows = [makeRow({id: 1, delay: 725, ticked: true}), makeRow({id: 2})];
    await openBoard();
    expect("[data-incident-id='1'] .o_alarm_mark_late").toHaveText(
        "delivered late, 12 min"
    );
    expect("[data-incident-id='1'] .o_alarm_mark_ticked").toHaveText(
        /handled at emergency display/
    );
    expect("[data-incident-id='2'] .o_alarm_mark").toHaveCount(0);
});

test("what was painted is reported once, in one call", async () => {
    board.rows = [makeRow({id: 1}), makeRow({id: 2}), makeRow({id: 3, shown: true})];
    await openBoard();
    await advanceTime(1000);
    await advanceTime(1000);
    expect(shown).toEqual(["1,2"]);
});

test("thousands of alarms draw only what is in sight", async () => {
    board.rows = Array.from({length: 5000}, (_, index) => makeRow({id: index + 1}));
    await openBoard();
    expect(queryAll(".o_alarm_row").length).toBeWithin(1, 60);
    // The first are there at once, the others follow.
    await waitFor(".o_alarm_queue:not(:has(.o_alarm_to_come))");
    await advanceTime(200);
    await animationFrame();
    expect(queryAll(".o_alarm_row").length).toBeLessThan(60);
    expect(queryAllTexts("[data-filter='all'] .o_alarm_filter_count")).toEqual([
        "5000",
    ]);
    await press("end");
    await animationFrame();
});

test("a first list that comes late and in part takes away nothing of what was heard", async () => {
    board.rows = Array.from({length: 250}, (_, index) => makeRow({id: index + 1}));
    let refused = true;
    onRpc("alarm.incident", "board_rows", ({parent}) => {
        if (refused) {
            refused = false;
            throw makeServerError({message: "Busy."});
        }
        return parent();
    });
    await mountWithCleanup(AlarmBoard, {
        props: {action: {}, actionId: 1, className: ""},
    });
    await animationFrame();
    // Of the lowest priority: it is not among the first of the queue.
    await arrive(makeRow({id: 900, priority: "5"}));
    for (let second = 0; second < 5; second++) {
        await advanceTime(1000);
    }
    await animationFrame();
    expect(queryAllTexts("[data-filter='all'] .o_alarm_filter_count")).toEqual(["251"]);
});

test("? shows the keys", async () => {
    await openBoard();
    await press("?");
    await animationFrame();
    expect(".o_alarm_help_keys").toHaveText(/Take the next alarm/);
    // Nothing behind it hears the keys, or gets the focus.
    await press("tab");
    expect(".o_alarm_help .btn-close").toBeFocused();
    await press("o");
    await animationFrame();
    expect(".o_alarm_report").toHaveCount(0);
    await press("escape");
    await animationFrame();
    expect(".o_alarm_help").toHaveCount(0);
});

test("a notification that was lost is noticed, made good and told of", async () => {
    board.rows = [makeRow({id: 1}), makeRow({id: 2})];
    await openBoard();
    expect(".o_alarm_gap").toHaveCount(0);
    // Nobody tells this board of the third, nor that the first was resolved.
    board.rows = [makeRow({id: 2}), makeRow({id: 3, version: [4, 9, 3]})];
    await advanceTime(5000);
    await advanceTime(1000);
    await advanceTime(1000);
    await animationFrame();
    expect(rowIds()).toEqual([2, 3]);
    expect(".o_alarm_gap_over").toHaveText(/changed meanwhile: 2/);
});

test("a computer that slept asks at once", async () => {
    board.rows = [makeRow({id: 1})];
    await openBoard();
    board.rows = [makeRow({id: 5})];
    mockDate(new Date(Date.now() + 3600000).toISOString().slice(0, 19));
    await advanceTime(1000);
    await animationFrame();
    await animationFrame();
    expect(rowIds()).toEqual([5]);
    expect(".o_alarm_gap").toHaveCount(1);
});

test("a clock that is set back stops nothing", async () => {
    board.rows = [makeRow({id: 1})];
    await openBoard();
    board.rows = [makeRow({id: 5})];
    mockDate(new Date(Date.now() - 86400000).toISOString().slice(0, 19));
    await advanceTime(1000);
    await animationFrame();
    await animationFrame();
    expect(rowIds()).toEqual([5]);
    board.rows = [makeRow({id: 6, version: [11, 1, 1]})];
    await advanceTime(5000);
    await advanceTime(1000);
    await advanceTime(1000);
    await animationFrame();
    expect(rowIds()).toEqual([6]);
});

test("who may not look any more sees nothing", async () => {
    board.rows = [makeRow({id: 1})];
    await openBoard();
    expect(".o_alarm_row").toHaveCount(1);
    onRpc("alarm.incident", "board_pulse", () => {
        throw makeServerError({type: "AccessError", message: "You are no dispatcher."});
    });
    await advanceTime(5000);
    await animationFrame();
    expect(".o_alarm_row").toHaveCount(0);
    expect(".o_alarm_not_connected").toHaveText(/You are no dispatcher\./);
});

test("a row is taken at once on the screen, and returns when that is refused", async () => {
    board.rows = [makeRow({id: 2})];
    const answer = new Deferred();
    onRpc("alarm.incident", "action_take", () => answer);
    await openBoard();
    await click(".o_alarm_take");
    await animationFrame();
    expect(".o_alarm_row").toHaveClass("o_alarm_row_pending");
    expect(".o_alarm_row").toHaveClass("o_alarm_row_mine");
    expect(".o_alarm_frame").toHaveCount(0);
    answer.reject(makeServerError({message: "Li was faster."}));
    await waitFor(".o_notification");
    await animationFrame();
    expect(".o_notification_content").toHaveText(/Li was faster\./);
    expect(".o_alarm_row").not.toHaveClass("o_alarm_row_pending");
    expect(".o_alarm_row").toHaveClass("o_alarm_row_new");
});

test("what is pressed while a verb is on its way is not dropped without a word", async () => {
    board.rows = [makeRow({id: 2}), makeRow({id: 3, subscriber_id: 8})];
    const answer = new Deferred();
    onRpc("alarm.incident", "action_take", ({args}) => {
        expect.step(`take ${args[0]}`);
        return answer;
    });
    await openBoard();
    await press(" ");
    await animationFrame();
    expect(".o_notification").toHaveCount(0);
    await press(" ");
    await waitFor(".o_notification");
    expect(".o_notification_content").toHaveText(/has not yet answered/);
    await press(" ");
    await animationFrame();
    expect(".o_notification").toHaveCount(1);
    answer.resolve(true);
    await animationFrame();
    expect.verifySteps(["take 2"]);
});

test("a take that nobody answers is not shown as done for ever", async () => {
    board.rows = [makeRow({id: 2})];
    onRpc("alarm.incident", "action_take", () => new Deferred());
    await openBoard();
    await click(".o_alarm_take");
    await animationFrame();
    expect(".o_alarm_row").toHaveClass("o_alarm_row_pending");
    await advanceTime(10000);
    await waitFor(".o_notification");
    await animationFrame();
    expect(".o_notification_content").toHaveText(/did not answer/);
    expect(".o_alarm_row").toHaveClass("o_alarm_row_new");
    expect(".o_alarm_take").toHaveCount(1);
});

test("incidents of a subscriber stand below a head that opens and closes", async () => {
    board.rows = [
        makeRow({id: 1, priority: "1"}),
        makeRow({id: 2, priority: "3", signal_count: 4}),
        makeRow({id: 3, subscriber_id: 8}),
    ];
    await openBoard();
    expect(rowIds()).toEqual([1, 2, 3]);
    expect(".o_alarm_group_counts").toHaveText(/2\s*incidents\s*5\s*signals/);
    await click(".o_alarm_group");
    await animationFrame();
    expect(rowIds()).toEqual([3]);
    await click(".o_alarm_group");
    await animationFrame();
    expect(rowIds()).toEqual([1, 2, 3]);
    queryOne(".o_alarm_queue_rows").focus();
    await press("arrowdown");
    await animationFrame();
    expect("[data-incident-id='1']").toHaveClass("o_alarm_row_selected");
    await press("arrowleft");
    await animationFrame();
    expect(rowIds()).toEqual([3]);
    expect(".o_alarm_group").toHaveClass("o_alarm_row_selected");
    await press("arrowright");
    await animationFrame();
    expect(rowIds()).toEqual([1, 2, 3]);
});

test("a filter never hides in silence that something waits", async () => {
    board.rows = [makeRow({id: 1, city: "North"}), makeRow({id: 2, city: "South"})];
    await openBoard();
    expect(".o_alarm_hidden_waiting").toHaveCount(0);
    await click(".o_alarm_narrow_area");
    await select("city/North");
    await animationFrame();
    expect(rowIds()).toEqual([1]);
    expect(".o_alarm_hidden_waiting").toHaveText(/1\s*waiting/);
    await click(".o_alarm_hidden_waiting");
    await animationFrame();
    expect(rowIds()).toEqual([1, 2]);
});

test("an answer that comes after the board was left draws no attention", async () => {
    await openBoard();
    const store = getService("alarm_board");
    const versions = new Deferred();
    onRpc("alarm.incident", "board_versions", () => versions);
    board.rows = [makeRow({id: 1})];
    const loaded = store.load();
    store.close();
    versions.resolve([[1, 10, 1, 0]]);
    await loaded;
    await animationFrame();
    expect(store.state.waiting).toBe(0);
    expect(document.title).not.toMatch(/^\(1\)/);
});

test("what is on test is a list in the place of the queue", async () => {
    board.lists.on_test = 1;
    onRpc("alarm.test.mode", "board_list", () => [
        {
            id: 4,
            subscriber: "Tested Shop",
            ref: "S9",
            what: "Zone 3",
            reason: "yearly check",
            who: "Chen",
            by: "Li",
            starts_at: new Date(Date.now() - 3600000).toISOString(),
            ends_at: new Date(Date.now() + 300000).toISOString(),
        },
    ]);
    await openBoard();
    await click("[data-filter='on_test']");
    await waitFor(".o_alarm_side_table tbody tr");
    expect(".o_alarm_side_table tbody").toHaveText(/Tested Shop/);
    expect(".o_alarm_side_age").toHaveClass("o_alarm_age_warning");
});

test("a glue module's marks stand in the row", async () => {
    registry.category("alarm_board_row_marks").add("test", {
        marks: (row) => [
            {
                name: "guard",
                icon: "fa-car",
                label: "On the way",
                text: `${row.facts.guards}`,
            },
        ],
    });
    after(() => registry.category("alarm_board_row_marks").remove("test"));
    board.rows = [makeRow({id: 1, facts: {guards: 2}})];
    await openBoard();
    expect("[data-mark='guard']").toHaveAttribute("title", "On the way");
    expect("[data-mark='guard']").toHaveText(/2/);
});

test("a desktop notification is asked for when the shift starts, and shown in the background", async () => {
    const shownOnDesktop = [];
    class Desktop {
        static permission = "default";
        static requestPermission() {
            Desktop.permission = "granted";
            expect.step("asked");
            return Promise.resolve("granted");
        }
        constructor(title, options) {
            shownOnDesktop.push([title, options.body]);
        }
        close() {
            expect.step("closed");
        }
    }
    patchWithCleanup(browser, {Notification: Desktop});
    patchWithCleanup(document, {hasFocus: () => false});
    await openBoard();
    await click(".o_alarm_start_shift");
    await animationFrame();
    await arrive(makeRow({id: 1, priority: "1"}));
    expect(shownOnDesktop).toEqual([["1 · Burglary", "Demo Shop – Street 1"]]);
    await arrive(makeRow({id: 1, version: [20, 1, 2], state: "resolved"}));
    expect.verifySteps(["asked", "sound technical", "sound burglary", "closed"]);
});
