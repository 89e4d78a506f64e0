/** What the revenue dashboard draws, from what the ledger says. No component, no server. */

const RARE = new Set(["suspension", "reactivation"]);

/** An axis that begins above zero is allowed where the lowest level is above this share. */
const CUT_FROM = 0.5;

const SWAPS = new Set(["re_sign", "transfer"]);

/**
 * @param {string} kind
 * @param {Boolean} lost whether it counts as attrition
 * @returns {"gain"|"loss"|"swap"|"pause"} how it is coloured
 */
export function toneOf(kind, lost) {
    if (lost) {
        return "loss";
    }
    if (SWAPS.has(kind)) {
        return "swap";
    }
    return RARE.has(kind) ? "pause" : "gain";
}

/** The kinds to show: all, but the rare ones only where something happened. */
export function shownKinds(kinds, period) {
    return kinds.filter(({kind}) => !RARE.has(kind) || period.kinds[kind]);
}

/**
 * Bars of the bridge from opening to closing, in amounts.
 *
 * @param {Object} period with `opening`, `closing` and `kinds`
 * @param {Object[]} kinds `{kind, label, lost}` in order
 * @param {Object} words `{opening, closing}`
 * @returns {Object[]} `{key, label, tone, amount, from, to}`; `from` is the lower end
 */
export function bridgeBars(period, kinds, words) {
    const stock = (key, {amount}) => ({
        key,
        label: words[key],
        tone: "stock",
        amount,
        from: Math.min(0, amount),
        to: Math.max(0, amount),
    });
    let level = period.opening.amount;
    const steps = shownKinds(kinds, period).map(({kind, label, lost}) => {
        const amount = period.kinds[kind]?.amount || 0;
        const before = level;
        level += amount;
        return {
            key: kind,
            label,
            tone: toneOf(kind, lost),
            amount,
            from: Math.min(before, level),
            to: Math.max(before, level),
        };
    });
    return [
        stock("opening", period.opening),
        ...steps,
        stock("closing", period.closing),
    ];
}

/**
 * Where the axis begins and ends. It leaves out an empty lower part, without which changes of a
 * few percent could not be seen.
 */
export function bridgeAxis(bars) {
    const levels = bars.flatMap(({key, from, to, amount}) =>
        key === "opening" || key === "closing" ? [amount] : [from, to]
    );
    const high = Math.max(0, ...levels);
    const low = Math.min(...levels);
    if (low <= high * CUT_FROM) {
        return {low: Math.min(0, low), high, cut: false};
    }
    return {
        low: Math.max(0, roundDown(low - (high - low) * 0.6 - high * 0.01)),
        high,
        cut: true,
    };
}

function roundDown(number) {
    const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, number))) - 1);
    return Math.floor(number / step) * step;
}

/** Lower edge and height of a bar in percent of the plot. */
export function placeBar({from, to}, {low, high}) {
    const whole = high - low || 1;
    const bottom = (Math.max(from, low) - low) / whole;
    return {
        bottom: bottom * 100,
        height: Math.max(0, (Math.max(to, low) - low) / whole - bottom) * 100,
    };
}

/**
 * What was won and lost in each month, both on one scale.
 *
 * @returns {Object} `months`: each with `won` and `lost`, and `wonHeight` and `lostHeight` in
 * percent of its side; `up` and `down`: which share of the picture the sides have
 */
export function wonAndLost(months, kinds) {
    const lostKinds = new Set(kinds.filter(({lost}) => lost).map(({kind}) => kind));
    const rows = months.map((month) => {
        let won = 0;
        let lost = 0;
        for (const [kind, {amount}] of Object.entries(month.kinds)) {
            if (lostKinds.has(kind)) {
                lost -= amount;
            } else if (toneOf(kind, false) === "gain") {
                won += amount;
            }
        }
        return {...month, won, lost};
    });
    const mostWon = Math.max(0, ...rows.map(({won}) => won));
    const mostLost = Math.max(0, ...rows.map(({lost}) => lost));
    const share = (amount, most) => (most ? (Math.max(0, amount) / most) * 100 : 0);
    const up = mostWon + mostLost ? mostWon / (mostWon + mostLost) : 0.5;
    return {
        up,
        down: 1 - up,
        months: rows.map((row) => ({
            ...row,
            wonHeight: share(row.won, mostWon),
            lostHeight: share(row.lost, mostLost),
        })),
    };
}

/** How strong a cell of the cohorts is coloured, 0 to 100: below half of it is left, nothing. */
export function heatOf(share) {
    if (share === null || share === undefined) {
        return 0;
    }
    return Math.round(Math.min(1, Math.max(0, (share - 0.4) / 0.6)) * 100);
}

/** Below the target it is well, up to a quarter above it is to be watched. */
export function attritionLevel(rate, target) {
    if (rate === null) {
        return "none";
    }
    if (rate <= target) {
        return "good";
    }
    return rate <= target * 1.25 ? "warning" : "bad";
}

/**
 * Domain of the movements behind a number.
 *
 * @param {Array} domain of the dashboard
 * @param {Object} period
 * @param {String} period.start
 * @param {String} period.end
 * @param {string} key a kind, "opening" or "closing"
 */
export function behind(domain, {start, end}, key) {
    if (key === "opening") {
        return [...domain, ["booked_on", "<", start]];
    }
    if (key === "closing") {
        return [...domain, ["booked_on", "<=", end]];
    }
    return [
        ...domain,
        ["kind", "=", key],
        ["booked_on", ">=", start],
        ["booked_on", "<=", end],
    ];
}
