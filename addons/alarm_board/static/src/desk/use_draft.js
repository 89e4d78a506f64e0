import {reactive, useEffect, useState} from "@odoo/owl";
import {useService} from "@web/core/utils/hooks";

/**
 * What is typed in a form of the desk: kept while it is typed, found again when the form
 * opens the next time.
 *
 * @param {string} name of the form
 * @param {object} defaults what it begins with; only these keys are kept
 * @returns {{draft: object, drop: Function}} observed by the component
 */
export function useDraft(name, defaults) {
    const drafts = useService("alarm_drafts");
    let kept = true;
    const draft = useState(reactive({...defaults, ...drafts.read(name)}));
    useEffect(
        () => {
            if (kept) {
                drafts.keep(name, {...draft});
            }
        },
        () => [JSON.stringify(draft)]
    );
    return {
        draft,
        drop() {
            kept = false;
            drafts.drop(name);
        },
    };
}
