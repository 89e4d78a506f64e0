import {registry} from "@web/core/registry";
import {_t} from "@web/core/l10n/translation";

const STATUS = {
    proposed: {label: _t("Asked"), tone: "muted", icon: "fa-question"},
    accepted: {label: _t("Accepted"), tone: "info", icon: "fa-check"},
    en_route: {label: _t("On the way"), tone: "warning", icon: "fa-car"},
    on_site: {label: _t("On site"), tone: "danger", icon: "fa-flag"},
    free: {label: _t("Free"), tone: "success", icon: "fa-user"},
};
/** While he is not there yet the line to the site tells how far it is. */
const UNDER_WAY = ["accepted", "en_route"];

/**
 * @param {{responders: object[]}} wall
 * @returns {{markers: object[], lines: object[], legend: object[]}}
 */
export function respondersOf({responders}) {
    const placed = responders.filter(({latitude}) => latitude !== null);
    return {
        markers: placed.map((one) => ({
            id: `responder/${one.id}`,
            kind: "responder",
            latitude: one.latitude,
            longitude: one.longitude,
            label: `${one.name}, ${STATUS[one.status].label}`,
            note: one.exact
                ? ""
                : String(_t("position not reported: centre of the territory")),
            caption: one.exact ? one.name : `${one.name} ?`,
            tone: STATUS[one.status].tone,
            icon: STATUS[one.status].icon,
        })),
        lines: placed
            .filter(({status, site}) => site && UNDER_WAY.includes(status))
            .map((one) => ({
                from: {latitude: one.latitude, longitude: one.longitude},
                to: {latitude: one.site.latitude, longitude: one.site.longitude},
                tone: STATUS[one.status].tone,
            })),
        legend: Object.entries(STATUS).map(([status, {label, tone, icon}]) => ({
            key: `responder/${status}`,
            label,
            tone,
            icon,
            kind: "responder",
            count: responders.filter((one) => one.status === status).length,
        })),
    };
}

registry.category("alarm_wall_map").add("responders", respondersOf, {sequence: 20});
