import {_t} from "@web/core/l10n/translation";
import {RPCError} from "@web/core/network/rpc";

/**
 * @param {Error} error of a request
 * @returns {string} why it was not done, for a person
 */
export function failureWords(error) {
    if (error instanceof RPCError) {
        return error.data?.message || error.message;
    }
    return _t(
        "The server did not answer. Look whether it was done before you try again."
    );
}
