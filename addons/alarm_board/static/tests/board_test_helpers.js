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
    onRpc("alarm.incident", "board_rows", () => ({
        ...pulse(),
        ...packRows(board.rows),
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
}

/** @returns {object} what `serveBoard` serves: nothing open, no receiver */
export function makeBoard() {
    return {
        company: "Demo Centre",
        rows: [],
        receivers: [],
        lists: {on_test: 0, unrestored: 0},
        thresholds: [["burglary", false, 60, 120, 300]],
        places: {
            territories: [[9, "East"]],
            categories: [[7, "Shop"]],
            groups: [[4, "Main"]],
        },
    };
}
