/**
 * Responders as the board shows them.
 */

import {_t} from "@web/core/l10n/translation";

export const ORDER_LOOKS = {
    proposed: {icon: "fa-bullhorn", label: _t("Responders asked")},
    accepted: {icon: "fa-thumbs-up", label: _t("Responder has accepted")},
    en_route: {icon: "fa-car", label: _t("Responder on the way")},
    on_site: {icon: "fa-map-marker", label: _t("Responder on site")},
};

/** What the dispatcher says for who reports by telephone. */
export const STEP_LABELS = {
    accept: _t("Has accepted"),
    depart: _t("Has left"),
    arrive: _t("Has arrived"),
};

/**
 * @param {object[]} candidates of `board_propose`, the best first
 * @param {number} crewSize
 * @returns {number[]} ids of who is proposed: the first suitable ones
 */
export function proposed(candidates, crewSize) {
    return candidates
        .filter(({suitable}) => suitable)
        .slice(0, crewSize)
        .map(({id}) => id);
}

/**
 * @param {number|null} distance in km
 * @returns {string} "0.8 km", "12 km"
 */
export function distanceWords(distance) {
    if (distance === null) {
        return _t("distance unknown");
    }
    return _t("%s km", distance < 10 ? distance.toFixed(1) : Math.round(distance));
}
