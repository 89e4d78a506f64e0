import {describe, expect, test} from "@odoo/hoot";
import {patchTranslations} from "@web/../tests/web_test_helpers";
import {
    collapsed,
    figureLevels,
    isStale,
    loadOf,
    secondsWords,
    shareWords,
    waitOf,
} from "@alarm_board/wall/wall_model";

describe.current.tags("headless");

const NOW = Date.parse("2026-11-20T08:00:00Z");
const ago = (seconds) => new Date(NOW - seconds * 1000).toISOString();

describe("wall", () => {
    test("the oldest turns at its target, and when supervisors are called", () => {
        const wait = (seconds) =>
            waitOf({since: ago(seconds), pickup: 60, escalate: 120}, NOW);
        expect(wait(60).level).toBe("fresh");
        expect(wait(61).level).toBe("warning");
        expect(wait(121)).toEqual({seconds: 121, level: "danger", share: 1});
        expect(wait(30).share).toBe(0.25);
        expect(waitOf(null, NOW)).toEqual({seconds: null, level: "none", share: 0});
        expect(waitOf({since: ago(9), pickup: null, escalate: null}, NOW).level).toBe(
            "fresh"
        );
    });

    test("80 % are judged by the target, 98.5 % by the limit", () => {
        const levels = (p80, p985) => figureLevels({p80, p985, target: 60, limit: 120});
        expect(levels(60, 120)).toEqual({p80: "fresh", p985: "fresh"});
        expect(levels(61, 121)).toEqual({p80: "warning", p985: "danger"});
        expect(levels(121, 121).p80).toBe("danger");
        expect(figureLevels({p80: 5, p985: 9, target: null, limit: null})).toEqual({
            p80: "none",
            p985: "none",
        });
    });

    test("the load of a dispatcher is alarms per hour of his own time", () => {
        const person = {
            started: ago(2 * 3600),
            taken: 26,
            working: 1,
            dispatched: 1,
            held: 2,
        };
        expect(loadOf(person, ago(4 * 3600), NOW)).toEqual({
            inHand: 4,
            perHour: 13,
            level: "warning",
        });
        expect(loadOf({...person, started: ago(60)}, ago(3600), NOW).perHour).toBe(
            null
        );
        expect(loadOf({...person, started: null}, ago(3600), NOW).level).toBe("none");
    });

    test("seconds and shares in words", () => {
        patchTranslations();
        expect(secondsWords(16)).toBe("16 s");
        expect(secondsWords(102)).toBe("1:42");
        expect(secondsWords(null)).toBe("–");
        expect(shareWords(0.99999)).toBe("99.9 %");
        expect(shareWords(1)).toBe("100 %");
        expect(shareWords(null)).toBe("–");
    });

    test("what is said again and again is one line of the feed", () => {
        const line = (kind, seconds, open = false) => ({kind, at: ago(seconds), open});
        const lines = collapsed([
            line("escalated", 1),
            line("escalated", 40, true),
            line("evidence", 50),
            line("escalated", 60),
            line("escalated", 600),
        ]);
        expect(lines.map(({kind, times}) => [kind, times])).toEqual([
            ["escalated", 2],
            ["evidence", 1],
            ["escalated", 1],
            ["escalated", 1],
        ]);
        expect(lines[0].open).toBe(true);
    });

    test("figures that are old are not passed off as new", () => {
        expect(isStale({heardMs: NOW - 14000, failure: null}, NOW)).toBe(false);
        expect(isStale({heardMs: NOW - 16000, failure: null}, NOW)).toBe(true);
        // The clock was set back since.
        expect(isStale({heardMs: NOW + 3600000, failure: null}, NOW)).toBe(true);
        expect(isStale({heardMs: NOW, failure: ""}, NOW)).toBe(true);
        expect(isStale({heardMs: null, failure: null}, NOW)).toBe(false);
    });
});
