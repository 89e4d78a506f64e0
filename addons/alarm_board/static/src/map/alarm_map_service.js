import {loadBundle} from "@web/core/assets";
import {registry} from "@web/core/registry";
import {tileServer} from "./tile_server";

/** What maps need, fetched when the first of them is drawn and never before. */
export const alarmMapService = {
    dependencies: ["orm"],
    start(env, {orm}) {
        let asked = null;
        return {
            /** @returns {Promise<{server: TileServer, center: object|null}>} of the company */
            settings() {
                asked ??= orm.silent
                    .call("res.company", "alarm_map_server", [])
                    .then((settings) => ({
                        server: tileServer(settings),
                        center: settings.center || null,
                    }))
                    .catch((error) => {
                        asked = null;
                        throw error;
                    });
                return asked;
            },
            /** @returns {Promise<object>} Leaflet */
            async library() {
                await loadBundle("alarm_board.leaflet");
                return window.L;
            },
        };
    },
};

registry.category("services").add("alarm_map", alarmMapService);
