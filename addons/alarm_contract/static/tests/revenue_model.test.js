import {describe, expect, test} from "@odoo/hoot";
import {
    attritionLevel,
    behind,
    bridgeAxis,
    bridgeBars,
    heatOf,
    placeBar,
    shownKinds,
    wonAndLost,
} from "@alarm_contract/revenue/revenue_model";

describe.current.tags("headless");

const KINDS = [
    {kind: "new", label: "New", lost: false},
    {kind: "cancel", label: "Cancelled", lost: true},
    {kind: "re_sign", label: "Signed Anew", lost: false},
    {kind: "suspension", label: "Suspended", lost: false},
];
const period = (opening, kinds) => ({
    start: "2026-01-01",
    end: "2026-01-31",
    opening: {amount: opening},
    closing: {
        amount: Object.values(kinds).reduce((sum, {amount}) => sum + amount, opening),
    },
    kinds,
});
const JANUARY = period(1000, {new: {amount: 200}, cancel: {amount: -100}});

describe("revenue", () => {
    test("the bars lead from the opening to the closing", () => {
        const bars = bridgeBars(JANUARY, KINDS, {
            opening: "Opening",
            closing: "Closing",
        });
        expect(bars.map(({key, from, to}) => [key, from, to])).toEqual([
            ["opening", 0, 1000],
            ["new", 1000, 1200],
            ["cancel", 1100, 1200],
            ["re_sign", 1100, 1100],
            ["closing", 0, 1100],
        ]);
        expect(bars.map(({tone}) => tone)).toEqual([
            "stock",
            "gain",
            "loss",
            "swap",
            "stock",
        ]);
    });

    test("rare kinds are shown where something happened", () => {
        const paused = period(1000, {suspension: {amount: -50}});
        expect(shownKinds(KINDS, JANUARY).length).toBe(3);
        expect(shownKinds(KINDS, paused).length).toBe(4);
    });

    test("an axis leaves out what is empty below, and says so", () => {
        const axis = bridgeAxis(bridgeBars(JANUARY, KINDS, {}));
        expect(axis.cut).toBe(true);
        expect(axis.low).toBeGreaterThan(0);
        expect(axis.low).toBeLessThan(1000);
        const young = bridgeAxis(bridgeBars(period(0, {new: {amount: 10}}), KINDS, {}));
        expect(young).toEqual({low: 0, high: 10, cut: false});
        expect(bridgeAxis(bridgeBars(period(0, {}), KINDS, {}))).toEqual({
            low: 0,
            high: 0,
            cut: false,
        });
    });

    test("a bar stands where its amounts are", () => {
        const axis = {low: 100, high: 300};
        expect(placeBar({from: 150, to: 250}, axis)).toEqual({bottom: 25, height: 50});
        expect(placeBar({from: 0, to: 200}, axis)).toEqual({bottom: 0, height: 50});
        expect(placeBar({from: 0, to: 0}, {low: 0, high: 0})).toEqual({
            bottom: 0,
            height: 0,
        });
    });

    test("won and lost are on one scale; swaps are neither", () => {
        const {months, up, down} = wonAndLost(
            [
                period(0, {new: {amount: 300}, re_sign: {amount: -500}}),
                period(0, {cancel: {amount: -100}, new: {amount: 150}}),
            ],
            KINDS
        );
        expect(months.map(({won, lost}) => [won, lost])).toEqual([
            [300, 0],
            [150, 100],
        ]);
        expect(months[1].wonHeight).toBe(50);
        expect([up, down]).toEqual([0.75, 0.25]);
    });

    test("heat begins where most has gone", () => {
        expect([null, 0.2, 0.7, 1, 1.4].map(heatOf)).toEqual([0, 0, 50, 100, 100]);
    });

    test("attrition is judged by its target", () => {
        expect(
            [null, 0.1, 0.12, 0.13].map((rate) => attritionLevel(rate, 0.1))
        ).toEqual(["none", "good", "warning", "bad"]);
    });

    test("a number opens what it was added up from", () => {
        const domain = [["company_id", "in", [1]]];
        expect(behind(domain, JANUARY, "opening")).toEqual([
            ...domain,
            ["booked_on", "<", "2026-01-01"],
        ]);
        expect(behind(domain, JANUARY, "closing")).toEqual([
            ...domain,
            ["booked_on", "<=", "2026-01-31"],
        ]);
        expect(behind(domain, JANUARY, "cancel").slice(1)).toEqual([
            ["kind", "=", "cancel"],
            ["booked_on", ">=", "2026-01-01"],
            ["booked_on", "<=", "2026-01-31"],
        ]);
    });
});
