import {registry} from "@web/core/registry";

/**
 * What the header shows beside its own: other parts add theirs to the registry category
 * "alarm_board_header":
 *
 *     {Component, sequence}
 *
 * The component gets one property, `store`, the board's, and stands left of the tools in the
 * order of the sequence. There is little room: a line of text, a button.
 */
const category = registry.category("alarm_board_header");

/** @returns {Array<[string, {Component: Function, sequence: number}]>} */
export function headerParts() {
    return category
        .getEntries()
        .sort(([, a], [, b]) => (a.sequence ?? 50) - (b.sequence ?? 50));
}
