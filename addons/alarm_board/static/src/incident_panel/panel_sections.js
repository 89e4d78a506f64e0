import {registry} from "@web/core/registry";

/**
 * What the panel of an incident shows, below its header and the step in hand. Other
 * modules add theirs to the registry category "alarm_board_panel_sections":
 *
 *     {
 *         Component,
 *         sequence,
 *         column: "site" | "history" | "work",
 *         isShown: (detail, row) => boolean,      // optional
 *     }
 *
 * The columns stand in the order in which an alarm is read: the site, what happened, what
 * to do; on a narrow screen the history stands below the site. What a section shows comes
 * from `detail`, to which a module adds in `alarm.incident._prepare_board_detail`; a
 * section with nothing to show is not shown at all.
 */
const category = registry.category("alarm_board_panel_sections");

/** The properties of every section and of every form of the panel. */
export const sectionProps = {
    /** What can be done here: an IncidentDesk. */
    desk: Object,
    row: Object,
    /** What `board_detail` answered last. */
    detail: Object,
    /** The form that is open: {name, options}, or null. */
    form: {type: [Object, {value: null}]},
    /** A verb is on its way to the server. */
    busy: Boolean,
};

/**
 * @param {"site"|"history"|"work"} column
 * @param {object} detail
 * @param {object} row
 * @returns {Array<[string, {Component: Function}]>} by sequence
 */
export function panelSections(column, detail, row) {
    return category
        .getEntries()
        .filter(([, section]) => section.column === column)
        .filter(([, {isShown}]) => !isShown || isShown(detail, row))
        .sort(([, a], [, b]) => (a.sequence ?? 50) - (b.sequence ?? 50));
}
