/**
 * Notes from templates: a note that begins with / looks for one.
 */

/**
 * @param {string} text what is typed
 * @param {string[]} templates
 * @returns {string[]|null} the templates that fit what follows the /, null when none is
 *  looked for
 */
export function fittingTemplates(text, templates) {
    if (!text.startsWith("/")) {
        return null;
    }
    const wanted = text.slice(1).trim().toLowerCase();
    return templates.filter((template) => template.toLowerCase().includes(wanted));
}

/**
 * @returns {string|null} the template that "/3" means
 */
export function numberedTemplate(text, templates) {
    const found = /^\/([1-9])$/.exec(text);
    return (found && templates[Number(found[1]) - 1]) || null;
}
