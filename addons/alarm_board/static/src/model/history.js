/**
 * A history of signals with the restores beside what they take back.
 */

/**
 * A restore whose alarms are all in the list is told there and not again as a line of its
 * own; one that takes back what the list does not hold stays.
 *
 * @param {object[]} signals of `board_history`
 * @returns {object[]}
 */
export function foldRestores(signals) {
    const shown = new Set(signals.map(({id}) => id));
    return signals.filter(
        ({restore, restores}) =>
            !restore || !restores.length || !restores.every((id) => shown.has(id))
    );
}
