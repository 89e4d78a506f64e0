import {formatCurrency} from "@web/core/currency";
import {deserializeDateTime} from "@web/core/l10n/dates";
import {formatFloat} from "@web/core/utils/numbers";
import {formatPercentage} from "@web/views/fields/formatters";

const {DateTime} = luxon;

/** "Nov 2026", in the language of the user. */
export function monthWords(iso) {
    return DateTime.fromISO(iso).toLocaleString({month: "short", year: "numeric"});
}

export function dayWords(iso) {
    return DateTime.fromISO(iso).toLocaleString(DateTime.DATE_MED);
}

/** A moment as the server says it (UTC), at the user's own clock. */
export function momentWords(text) {
    return deserializeDateTime(text).toLocaleString(DateTime.DATETIME_MED);
}

/** A number of pieces or of money in a table: no decimals, empty for nothing. */
export function numberWords(number) {
    const rounded = Math.round(number);
    return rounded ? formatFloat(rounded, {digits: [16, 0]}) : "–";
}

/** As short as a bar is wide. */
export function shortWords(number) {
    if (Math.abs(number) < 10000) {
        return formatFloat(Math.round(number), {digits: [16, 0]});
    }
    return formatFloat(number, {humanReadable: true, decimals: 1});
}

export function moneyWords(amount, currencyId) {
    return formatCurrency(Math.round(amount), currencyId, {digits: [16, 0]});
}

export function rateWords(rate, decimals = 1) {
    return rate === null || rate === undefined
        ? "–"
        : formatPercentage(rate, {digits: [16, decimals]});
}
