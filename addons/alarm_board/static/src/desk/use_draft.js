import {useState} from "@odoo/owl";
import {useService} from "@web/core/utils/hooks";

/**
 * What is typed in a form of the desk: kept while it is typed, found again when the form
 * opens the next time.
 *
 * @param {string} name of the form
 * @param {object} defaults what it begins with
 * @returns {{draft: object, drop: Function}} observed by the component
 */
export function useDraft(name, defaults) {
    const drafts = useService("alarm_drafts");
    return {
        draft: useState(drafts.observed(name, defaults)),
        drop: () => drafts.drop(name),
    };
}
