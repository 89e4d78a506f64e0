import {animationFrame, waitFor} from "@odoo/hoot-dom";
import {
    mockService,
    mountWithCleanup,
    serverState,
} from "@web/../tests/web_test_helpers";
import {AlarmBoard} from "@alarm_board/board/alarm_board";

/**
 * @param {object} values what matters to the test
 * @returns {object} a row as the board has it
 */
export function makeRow(values) {
    return {
        id: 1,
        version: [10, 1, 1],
        company_id: 1,
        name: "INC/1",
        state: "queued",
        priority: "2",
        user: null,
        queued_at: "2026-11-20T08:00:00.000000Z",
        returned_at: null,
        held_until: null,
        acted_at: null,
        shown: false,
        subscriber_id: 3,
        subscriber: "Demo Shop",
        ref: "S1",
        customer_id: 5,
        customer: "Demo Chain",
        category_id: 7,
        territory_id: 9,
        city: "Testville",
        account: "1234",
        over: false,
        receiver: "sg-1",
        address: "Street 1",
        pickup: null,
        two_knock: false,
        runaway: false,
        exit_error: 0,
        duress: false,
        injected: false,
        caller: null,
        place: null,
        event: {class: "burglary", code: "130", names: {en_US: "Burglary"}},
        signal_uid: "e:r:1",
        signal_count: 1,
        delay: 0,
        ticked: false,
        restored: false,
        cancelled: false,
        zone: null,
        facts: {},
        facts_digest: 0,
        ...values,
    };
}

/**
 * @param {object[]} rows as `makeRow` gives them
 * @returns {{rows: object[], events: object}} as the server sends them
 */
export function packRows(rows) {
    const events = {};
    const packed = rows.map((row) => {
        const key = JSON.stringify(row.event);
        events[key] = row.event;
        return {...row, event: key};
    });
    return {rows: packed, events};
}

/**
 * The server of a board: what it has is in `board`, which a test may change.
 *
 * @param {Function} onRpc
 * @param {object} board as `makeBoard` gives it
 */
export function serveBoard(onRpc, board) {
    onRpc("alarm.shift", "board_desk", () => ({
        shift: null,
        notes: [],
        colleagues: [],
        may_inject: false,
        ...board.desk,
    }));
    onRpc("alarm.shift", "action_start", () => true);
    const pulse = () => ({
        now: new Date().toISOString(),
        receivers: board.receivers,
        lists: board.lists,
        digest: [
            board.rows.length,
            board.rows.reduce((sum, row) => sum + row.version[0], 0),
            Math.max(0, ...board.rows.map((row) => row.version[1])),
        ],
    });
    const asked = (args) => board.rows.filter((row) => args[0].includes(row.id));
    onRpc("alarm.incident", "board_pulse", pulse);
    onRpc("alarm.incident", "board_rows", ({args: [limit]}) => ({
        ...pulse(),
        ...packRows(board.rows.slice(0, limit)),
        company: board.company,
        thresholds: board.thresholds,
        places: board.places,
    }));
    onRpc("alarm.incident", "board_versions", () =>
        board.rows.map((row) => [
            row.id,
            row.version[0],
            row.version[1],
            row.facts_digest,
        ])
    );
    onRpc("alarm.incident", "board_row", ({args}) => packRows(asked(args)));
    onRpc("alarm.incident", "board_unclosed", () => board.unclosed || []);
    onRpc("alarm.incident", "board_detail", () => ({...board.detail}));
    onRpc("alarm.incident", "board_history", () => ({
        days: 7,
        more: false,
        signals: [],
    }));
    onRpc("alarm.incident", "action_shown", () => true);
}

/** @param {(name: string) => void} [onPlay] what sounds, instead of being heard */
export function mockSounds(onPlay = () => {}) {
    mockService("alarm_sound", {
        load() {},
        play(name) {
            onPlay(name);
            return Promise.resolve(true);
        },
        stop() {},
    });
}

/** The board in the page, and connected. */
export async function openBoard() {
    await mountWithCleanup(AlarmBoard, {
        props: {action: {}, actionId: 1, className: ""},
    });
    await waitFor(".o_alarm_link_connected");
    await animationFrame();
}

/** @returns {{id: number, name: string}} who sits at the board, as the holder of a row */
export function mine() {
    return {id: serverState.userId, name: "Mitchell"};
}

/** @returns {object} what `serveBoard` serves: nothing open, no receiver */
export function makeBoard() {
    return {
        company: "Demo Centre",
        rows: [],
        receivers: [],
        lists: {on_test: 0, unrestored: 0},
        detail: makeDetail(),
        thresholds: [["burglary", false, 60, 120, 300]],
        places: {
            territories: [[9, "East"]],
            categories: [[7, "Shop"]],
            groups: [[4, "Main"]],
        },
    };
}

/**
 * @param {object} values what matters to the test
 * @returns {object} a step of a plan as `board_detail` has it
 */
export function makeStep(values) {
    return {
        id: values.number || 1,
        number: 1,
        kind: "instruct",
        kind_label: "Instruct",
        name: "Tell them",
        mandatory: false,
        state: "pending",
        state_label: "To Do",
        outcome_label: "",
        note: "",
        by: "",
        at: null,
        outcomes: ["done", "unavailable"].map(makeOutcome),
        ...values,
    };
}

/** @returns {object} an outcome of a step, by its value */
export function makeOutcome(value) {
    return {
        value,
        label: value,
        needs_note: value === "unavailable",
        goto: null,
        resolution: "",
    };
}

/** @returns {object} somebody of the call list */
export function makePerson(values) {
    return {
        contact_id: 1,
        name: "Ann",
        role: "Owner",
        phone: "555 200",
        hours: "",
        note: "",
        available: true,
        available_from: null,
        next: false,
        tries: 0,
        outcome: "",
        outcome_label: "",
        called_at: null,
        ...values,
    };
}

/**
 * @param {object} [values] what matters to the test
 * @returns {object} what `board_detail` answers
 */
export function makeDetail(values) {
    return {
        account: "1234",
        reason: "130 Burglary: events of the class “Burglary” are handled as incidents.",
        priority_reason: "That of its most urgent signal: Burglary.",
        hints: "",
        score: null,
        times: {
            received_at: null,
            queued_at: null,
            taken_at: null,
            dispatched_at: null,
            on_site_at: null,
        },
        entries: [],
        subscriber: {
            id: 3,
            name: "Demo Shop",
            ref: "S1",
            category: "Shop",
            address: "Street 1",
            phone: "555 100",
            state: "active",
            state_label: "Active",
            risk: "",
            directions: "",
            territory: "",
        },
        arming: null,
        tests: [],
        service: null,
        notes: [
            {
                id: 0,
                kind: "standing",
                kind_label: "Standing",
                text: "Dog in the yard",
                expires_at: null,
                must_read: false,
                read: false,
            },
        ],
        zone: {
            id: 5,
            number: "005",
            name: "Back door",
            detector_type: "Contact",
            position: "",
            area: "",
        },
        zone_text: "",
        plans: [],
        cameras: [],
        places: [],
        signals: [],
        unacknowledged: 0,
        plan: null,
        calls: {
            persons: [makePerson({next: true})],
            outcomes: ["reached", "no_answer", "busy"].map((value) => ({
                value,
                label: value,
            })),
            numbers_called: 0,
        },
        passcode: {
            result: "",
            label: "",
            silent: false,
            note: "",
            registered: true,
            checked: false,
        },
        notices: ["customer", "police"].map((party) => ({
            party,
            label: party,
            name: "",
            phone: "",
            told: [],
        })),
        finding: {
            value: "",
            label: "",
            note: "",
            choices: [
                {value: "false", label: "False"},
                {value: "real", label: "Real"},
            ],
        },
        loss: {note: "", amount: 0, currency: "¥"},
        preprocessed: false,
        closing: {missing: [], suggested: "", resolution: "", resolution_note: ""},
        resolutions: [
            makeResolution("false_user", "False: user", "false"),
            makeResolution("real", "Real", "real"),
        ],
        templates: [],
        ...values,
    };
}

function makeResolution(code, name, kind) {
    return {
        code,
        name,
        kind,
        kind_label: kind,
        note_required: kind === "real",
        tells: kind === "real" ? ["Customer"] : [],
        loss: kind === "real",
    };
}
