import {onMounted, onWillUnmount} from "@odoo/owl";

/**
 * What keys do while a form of the panel is open and nothing is being typed: the form goes
 * before the board.
 *
 * @param {IncidentDesk} desk
 * @param {{digit?: (digit: number) => any} & Record<string, Function>} keys by name, see
 *  keyName()
 */
export function useFormKeys(desk, keys) {
    onMounted(() => {
        desk.formKeys = keys;
    });
    onWillUnmount(() => {
        if (desk.formKeys === keys) {
            desk.formKeys = null;
        }
    });
}

/**
 * What the keys of the board ask of the step in hand.
 *
 * @param {IncidentDesk} desk
 * @param {{outcome: Function, leave: Function, note: Function, choose: Function}} keys
 */
export function useStepKeys(desk, keys) {
    onMounted(() => {
        desk.stepKeys = keys;
    });
    onWillUnmount(() => {
        if (desk.stepKeys === keys) {
            desk.stepKeys = null;
        }
    });
}
