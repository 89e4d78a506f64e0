import {registry} from "@web/core/registry";

/**
 * @typedef {object} RowMark
 * @property {string} name its own among the marks of a row
 * @property {string} icon class of Font Awesome, "fa-car"
 * @property {string} label what it means, for a pointer and for screen readers
 * @property {string} [text] a few letters shown beside the icon, "4 min"
 * @property {"done"|"warning"|"danger"} [level]
 */

/**
 * The small icons of a row. Other modules add theirs to the registry category
 * "alarm_board_row_marks":
 *
 *     {sequence, marks: (row, {nowMs, userId}) => RowMark[]}
 *
 * `row.facts` has what the module itself adds in `alarm.incident._prepare_board_facts`. It
 * is called for every row on the screen each second: it only looks and never asks.
 */
const category = registry.category("alarm_board_row_marks");

/**
 * @param {object} row
 * @param {{nowMs: number, userId: number}} context `nowMs` on the server's clock
 * @returns {RowMark[]}
 */
export function rowMarks(row, context) {
    return category
        .getAll()
        .sort((a, b) => (a.sequence ?? 50) - (b.sequence ?? 50))
        .flatMap(({marks}) => marks(row, context));
}
