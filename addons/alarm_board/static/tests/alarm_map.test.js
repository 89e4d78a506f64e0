import {describe, expect, test} from "@odoo/hoot";
import {animationFrame, press, queryAll, waitFor} from "@odoo/hoot-dom";
import {Component, useState, xml} from "@odoo/owl";
import {
    allowTranslations,
    contains,
    mountWithCleanup,
    onRpc,
    preloadBundle,
} from "@web/../tests/web_test_helpers";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {AlarmMap} from "@alarm_board/map/alarm_map";
import {distanceWords, metresBetween, ringRadii} from "@alarm_board/map/distance";
import {tileServer} from "@alarm_board/map/tile_server";

describe.current.tags("desktop");
defineMailModels();
preloadBundle("alarm_board.leaflet");

const SITE = {id: "site", latitude: 31.23, longitude: 121.47, label: "Demo Shop"};
const CAR = {
    id: "car",
    latitude: 31.24,
    longitude: 121.47,
    label: "Car 1",
    kind: "responder",
    icon: "fa-car",
};

function serve(settings = {}) {
    onRpc("res.company", "alarm_map_server", () => ({
        url: "",
        attribution: "",
        max_zoom: 18,
        datum: "wgs84",
        center: false,
        ...settings,
    }));
}

async function show(props) {
    const given = {markers: [SITE, CAR], ...props};
    class Parent extends Component {
        static components = {AlarmMap};
        static template = xml`
            <div style="width: 600px; height: 400px"><AlarmMap t-props="state"/></div>`;
        static props = {};
        setup() {
            this.state = useState(given);
        }
    }
    const parent = await mountWithCleanup(Parent);
    await waitFor(".o_alarm_map[data-phase='ready'] .o_alarm_pin");
    return parent;
}

test("without a tile server nothing is fetched, and distances are told", async () => {
    serve();
    await show({lines: [{from: CAR, to: SITE}]});
    expect("img").toHaveCount(0);
    expect(".o_alarm_map_plan").toHaveCount(1);
    expect("path.o_alarm_map_ring").toHaveCount(3);
    expect("path.o_alarm_map_line").toHaveCount(1);
    expect(".leaflet-control-scale-line").toHaveCount(1);
    expect(".o_alarm_map_distance:contains(1.1 km)").toHaveCount(1);
    expect(".o_alarm_map li:last").toHaveText("Car 1: 1.1 km");
});

test("with a tile server tiles are drawn and their owner is named as plain text", async () => {
    serve({
        url: "/tiles/{1-2}/{z}/{x}/{y}.png",
        attribution: "© <b>Somebody</b>",
    });
    await show({markers: [SITE]});
    const sources = queryAll("img.leaflet-tile").map((tile) =>
        tile.getAttribute("src")
    );
    expect(sources.length).toBeGreaterThan(0);
    expect(
        sources.every((source) => /^\/tiles\/[12]\/\d+\/\d+\/\d+\.png$/.test(source))
    ).toBe(true);
    expect(".leaflet-control-attribution").toHaveText("© <b>Somebody</b>");
    expect("path.o_alarm_map_ring").toHaveCount(0);
});

test("pins are chosen by keyboard, and say what they are", async () => {
    serve();
    await show({onSelect: (id) => expect.step(id)});
    const pin = queryAll(".o_alarm_pin[data-marker-id='car']")[0];
    expect(pin).toHaveAttribute("aria-label", "Car 1");
    expect(pin).toHaveAttribute("tabindex", "0");
    pin.focus();
    await press("Enter");
    expect.verifySteps(["car"]);
    await contains(".o_alarm_pin[data-marker-id='site']").click();
    expect.verifySteps(["site"]);
});

test("a pin that moves keeps the focus", async () => {
    serve();
    const parent = await show({});
    queryAll(".o_alarm_pin[data-marker-id='car']")[0].focus();
    parent.state.markers = [SITE, {...CAR, latitude: 31.25}];
    await animationFrame();
    expect(".o_alarm_pin[data-marker-id='car']").toBeFocused();
    parent.state.markers = [SITE];
    await animationFrame();
    expect(".o_alarm_pin").toHaveCount(1);
});

test("distances in words, and rings that hold everything", () => {
    allowTranslations();
    expect(Math.round(metresBetween(SITE, CAR))).toBe(1112);
    expect(String(distanceWords(354))).toBe("350 m");
    expect(String(distanceWords(1234))).toBe("1.2 km");
    expect(String(distanceWords(38400))).toBe("38 km");
    expect(ringRadii(0)).toEqual([250, 500, 750]);
    expect(ringRadii(1112)).toEqual([500, 1000, 1500]);
    expect(ringRadii(12000)).toEqual([5000, 10000, 15000]);
});

test("the servers that share the work are read from the address", () => {
    const settings = {attribution: "", max_zoom: 18, datum: "gcj02"};
    const server = tileServer({
        ...settings,
        url: "https://t{1-4}.example.org/{z}/{x}/{y}",
    });
    expect(server.url).toBe("https://t{s}.example.org/{z}/{x}/{y}");
    expect(server.subdomains).toEqual(["1", "2", "3", "4"]);
    expect(server.datum).toBe("gcj02");
    expect(tileServer({...settings, url: ""}).datum).toBe("wgs84");
});
