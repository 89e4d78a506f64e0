/**
 * What a row looks like while a verb is on its way: at once as it will be, where nothing
 * is lost when the server refuses and the row returns.
 */

const OUTCOMES = {
    action_take: (row, me) => ({...row, state: "working", user: me, held_until: null}),
    action_release: (row) => ({...row, state: "queued", user: null}),
};

/**
 * @param {object} row as the server last told
 * @param {string|undefined} method the verb on its way, if any
 * @param {{id: number, name: string}} me
 * @returns {object} the row to be shown, `pending` while it is not confirmed
 */
export function withPending(row, method, me) {
    if (!method) {
        return row;
    }
    const outcome = OUTCOMES[method];
    return {...(outcome ? outcome(row, me) : row), pending: true};
}
