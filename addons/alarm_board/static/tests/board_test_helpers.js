/**
 * @param {object} values what matters to the test
 * @returns {object} a row as the server sends it
 */
export function makeRow(values) {
    return {
        id: 1,
        version: [10, 1],
        company_id: 1,
        name: "INC/1",
        state: "queued",
        priority: "2",
        user: null,
        queued_at: "2026-11-20T08:00:00.000000Z",
        held_until: null,
        shown: false,
        subscriber: "Demo Shop",
        ref: "S1",
        account: "1234",
        over: false,
        receiver: "sg-1",
        address: "Street 1",
        event: {class: "burglary", code: "130", names: {en_US: "Burglary"}},
        signal_uid: "e:r:1",
        signal_count: 1,
        delay: 0,
        ticked: false,
        restored: false,
        cancelled: false,
        zone: null,
        ...values,
    };
}
