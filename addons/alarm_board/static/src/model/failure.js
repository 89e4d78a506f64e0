/**
 * Why a request was not done.
 */

import {_t} from "@web/core/l10n/translation";
import {RPCError} from "@web/core/network/rpc";

/**
 * @param {Error} error of a request
 * @returns {string} in words for a person
 */
export function failureWords(error) {
    if (error instanceof RPCError) {
        return error.data?.message || error.message;
    }
    return _t(
        "The server did not answer. Look whether it was done before you try again."
    );
}
