import {useService} from "@web/core/utils/hooks";
import {useSetupAction} from "@web/search/action_hook";
import {LeaveDialog} from "./leave_dialog";

/**
 * Ask before the board is left with incidents in hand: by another screen of the web client,
 * by closing the tab, by loading the page anew.
 */
export function useLeaveGuard() {
    const desk = useService("alarm_desk");
    const dialog = useService("dialog");
    useSetupAction({
        beforeUnload: (event) => {
            if (!desk.leaving && desk.inHand().length) {
                event.preventDefault();
                // Older browsers ask only when there is a value.
                event.returnValue = true;
            }
        },
        beforeLeave: () => {
            const rows = desk.inHand();
            if (!rows.length) {
                return true;
            }
            return new Promise((resolve) => {
                dialog.add(
                    LeaveDialog,
                    {rows, words: (row) => desk.store.words(row), onAnswer: resolve},
                    {onClose: () => resolve(false)}
                );
            });
        },
    });
}
