import {useState} from "@odoo/owl";

/**
 * Read the store from a component, so that it is painted anew when what it read changes.
 *
 * @param {WorkStore} store
 * @returns {{state: object, value: Function, pending: Function}} as the store's own
 */
export function useWork(store) {
    const state = useState(store.state);
    const reader = Object.create(store, {state: {value: state}});
    return {
        state,
        value: (order, field, known) => reader.value(order, field, known),
        pending: (order, verb) => reader.pending(order, verb),
    };
}
