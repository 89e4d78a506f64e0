import {describe, expect, test} from "@odoo/hoot";
import {allowTranslations} from "@web/../tests/web_test_helpers";
import {respondersOf} from "@alarm_board_dispatch/wall_responders";

describe.current.tags("headless");

const SITE = {name: "Shop", latitude: 31.2, longitude: 121.5};

function responder(values) {
    return {
        id: 1,
        name: "Ralf",
        status: "free",
        since: null,
        latitude: 31,
        longitude: 121,
        exact: true,
        site: null,
        ...values,
    };
}

test("who is under way has a line to the site, who is there has none", () => {
    allowTranslations();
    const {markers, lines, legend} = respondersOf({
        responders: [
            responder({status: "en_route", site: SITE}),
            responder({id: 2, status: "on_site", site: SITE}),
            responder({id: 3}),
        ],
    });
    expect(markers.map(({id}) => id)).toEqual([
        "responder/1",
        "responder/2",
        "responder/3",
    ]);
    expect(lines).toHaveLength(1);
    expect(lines[0].to.latitude).toBe(31.2);
    expect(legend.map(({count}) => count)).toEqual([0, 0, 1, 1, 1]);
});

test("who is nowhere known is counted, and a guessed place is marked as one", () => {
    allowTranslations();
    const {markers, legend} = respondersOf({
        responders: [
            responder({latitude: null, longitude: null}),
            responder({id: 2, exact: false}),
        ],
    });
    expect(markers.map(({caption}) => caption)).toEqual(["Ralf ?"]);
    expect(markers[0].note).not.toBe("");
    expect(legend.at(-1).count).toBe(2);
});
