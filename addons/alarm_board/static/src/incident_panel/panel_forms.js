import {registry} from "@web/core/registry";

/**
 * The forms that open in the panel of an incident, below its actions: to put it on hold,
 * to call the police… One is open at a time; Escape closes it and keeps what was typed.
 * Other modules add theirs to the registry category "alarm_board_forms", under the name
 * that `desk.openForm(name, options)` opens:
 *
 *     {
 *         Component,          // gets the properties of a section, see panel_sections.js
 *         label,              // what its button says; without one there is no button
 *         keyLabel,           // the key that opens it, shown in the button
 *         icon,               // class of Font Awesome
 *         sequence,           // of the button
 *         verb,               // what the incident must allow, see model/verbs.js
 *         isShown: (detail, row) => boolean,      // optional
 *     }
 *
 * The key itself is registered beside it, see board/board_commands.js:
 *
 *     {key: "r", keyLabel: "R", label, run: (board) => board.openForm("repair")}
 */
const category = registry.category("alarm_board_forms");

/** @returns {object|null} the form of this name */
export function panelForm(name) {
    return category.get(name, null);
}

/**
 * @param {Set<string>} verbs that the incident allows now
 * @param {object} detail
 * @param {object} row
 * @returns {Array<[string, object]>} forms with a button, by sequence
 */
export function panelForms(verbs, detail, row) {
    return category
        .getEntries()
        .filter(([, form]) => form.label && (!form.verb || verbs.has(form.verb)))
        .filter(([, {isShown}]) => !isShown || isShown(detail, row))
        .sort(([, a], [, b]) => (a.sequence ?? 50) - (b.sequence ?? 50));
}
