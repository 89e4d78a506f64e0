import {_t} from "@web/core/l10n/translation";

/** Event classes as the server names them. */
export const CLASS_LABELS = {
    fire: _t("Fire"),
    panic: _t("Panic"),
    medical: _t("Medical"),
    burglary: _t("Burglary"),
    tamper: _t("Tamper"),
    trouble: _t("Trouble"),
    supervisory: _t("Supervisory"),
    open_close: _t("Opening and Closing"),
    bypass: _t("Bypass"),
    test: _t("Test"),
    system: _t("System"),
    access: _t("Access"),
    other: _t("Other"),
};

const LEFT_LABELS = {
    held: _t("in somebody's hands"),
    busy: _t("just being changed"),
    over: _t("no longer waiting"),
    protected: _t("fire, hold-up, duress, medical"),
};

/**
 * @param {Array<{id: number, name: string, why: string}>} left
 * @returns {Array<{why: string, label: string, names: string}>} what was left out, by cause
 */
export function leftWords(left) {
    return Object.keys(LEFT_LABELS)
        .map((why) => ({
            why,
            label: LEFT_LABELS[why],
            names: left
                .filter((one) => one.why === why)
                .map((one) => one.name)
                .join(", "),
        }))
        .filter(({names}) => names);
}
