import {describe, expect, test} from "@odoo/hoot";
import {
    ageLevel,
    ageSeconds,
    formatAge,
    momentMs,
    Targets,
    waitingSince,
} from "@alarm_board/model/age";
import {alertFor, classLook} from "@alarm_board/model/event_class";
import {keyName} from "@alarm_board/model/keys";
import {patchTranslations} from "@web/../tests/web_test_helpers";
import {receiverLink, serverLink} from "@alarm_board/model/link";
import {OVERSCAN, rowWindow, scrollTopToShow} from "@alarm_board/model/row_window";
import {verbsFor} from "@alarm_board/model/verbs";
import {durationWords, eventWords} from "@alarm_board/model/words";
import {makeRow} from "./board_test_helpers";

describe.current.tags("headless");

test("ages are whole seconds and never negative", () => {
    const since = momentMs("2026-11-20T08:00:00.900000Z");
    expect(ageSeconds(since, since + 1999)).toBe(1);
    expect(ageSeconds(since, since - 5000)).toBe(0);
    expect(ageSeconds(momentMs(null), since)).toBe(null);
});

test("ages are written as clocks", () => {
    expect(formatAge(7)).toBe("0:07");
    expect(formatAge(754)).toBe("12:34");
    expect(formatAge(3723)).toBe("1:02:03");
    expect(formatAge(75 * 3600)).toBe("75:00:00");
    expect(formatAge(null)).toBe("–");
});

test("an age turns at the target of the class", () => {
    const target = {pickup: 30, escalate: 60, idle: 300};
    expect(ageLevel(29, target)).toBe("fresh");
    expect(ageLevel(30, target)).toBe("warning");
    expect(ageLevel(60, target)).toBe("danger");
    expect(ageLevel(null, target)).toBe("fresh");
    expect(ageLevel(60)).toBe("fresh");
});

test("a target is that of the company, else of all, and never laxer than promised", () => {
    const targets = new Targets([
        ["burglary", false, 60, 120, 300],
        ["burglary", 2, 90, 180, 600],
    ]);
    const of = (values) => targets.of(makeRow(values));
    expect(of({company_id: 1})).toEqual({pickup: 60, escalate: 120, idle: 300});
    expect(of({company_id: 2})).toEqual({pickup: 90, escalate: 180, idle: 600});
    expect(of({company_id: 1, pickup: 20}).pickup).toBe(20);
    expect(of({company_id: 1, pickup: 600}).pickup).toBe(60);
    const fire = {event: {class: "fire", names: {}}};
    expect(of(fire).pickup).toBe(Infinity);
    expect(of({...fire, pickup: 45}).pickup).toBe(45);
});

test("what came back from hold waits anew", () => {
    const queued_at = "2026-11-20T08:00:00.000000Z";
    expect(waitingSince(makeRow({queued_at}))).toBe(momentMs(queued_at));
    const returned_at = "2026-11-20T09:00:00.000000Z";
    expect(waitingSince(makeRow({queued_at, returned_at}))).toBe(momentMs(returned_at));
    expect(waitingSince(makeRow({queued_at: null}))).toBe(null);
});

test("the server link is only trusted while something is heard", () => {
    const link = {socket: "connected", failure: null, heardAt: 1000000, nowMs: 1000000};
    expect(serverLink({...link, nowMs: 1014000})).toBe("connected");
    expect(serverLink({...link, nowMs: 1015000})).toBe("lost");
    expect(serverLink({...link, failure: ""})).toBe("lost");
    expect(serverLink({...link, socket: "lost"})).toBe("lost");
    expect(serverLink({...link, socket: "connecting"})).toBe("connecting");
    expect(serverLink({...link, heardAt: null})).toBe("connecting");
});

test("a receiver is silent by its state or by the age of its heartbeat", () => {
    const now = Date.parse("2026-11-20T08:01:00Z");
    const heard = (last_heartbeat_at, state = "online") =>
        receiverLink({state, last_heartbeat_at}, now);
    expect(heard("2026-11-20T08:00:55Z")).toEqual({level: "online", age: 5});
    expect(heard("2026-11-20T08:00:00Z")).toEqual({level: "silent", age: 60});
    expect(heard("2026-11-20T08:00:55Z", "silent").level).toBe("silent");
    expect(heard("2026-11-20T08:00:55Z", "down").level).toBe("silent");
    expect(heard(null, "unknown")).toEqual({level: "unknown", age: null});
});

test("only the rows in sight, and a few beyond, are drawn", () => {
    const list = {scrollTop: 64 * 1000, viewport: 640, rowHeight: 64, count: 5000};
    const drawn = rowWindow(list);
    expect(drawn.start).toBe(1000 - OVERSCAN);
    expect(drawn.end).toBe(1011 + OVERSCAN);
    expect(drawn.offset).toBe(drawn.start * 64);
    expect(drawn.height).toBe(5000 * 64);
});

test("a list that became shorter than the scroll position still shows its end", () => {
    const drawn = rowWindow({scrollTop: 64000, viewport: 640, rowHeight: 64, count: 3});
    expect(drawn.start).toBe(0);
    expect(drawn.end).toBe(3);
});

test("scrolling to a row moves no more than it must", () => {
    const list = {scrollTop: 640, viewport: 640, rowHeight: 64};
    expect(scrollTopToShow(12, list)).toBe(640);
    expect(scrollTopToShow(5, list)).toBe(320);
    expect(scrollTopToShow(20, list)).toBe(704);
});

test("the most urgent class has its own look and sound", () => {
    expect(classLook("fire").icon).toBe("fa-fire");
    expect(classLook("no such class")).toEqual(classLook("other"));
    const fire = alertFor(makeRow({priority: "1", event: {class: "fire", names: {}}}));
    expect(fire.sound).toBe("fire");
    expect(fire.everyMs).toBeLessThan(alertFor(makeRow({priority: "4"})).everyMs);
    expect(alertFor(null)).toBe(null);
});

test("what may be done depends on who holds it", () => {
    const held = (state, id) => verbsFor(makeRow({state, user: {id, name: "x"}}), 7);
    expect([...verbsFor(makeRow({}), 7)]).toEqual(["take", "note"]);
    for (const verb of [
        "release",
        "note",
        "hold",
        "resolve",
        "step",
        "call",
        "dispatch",
    ]) {
        expect(held("working", 7).has(verb)).toBe(true);
    }
    expect(held("dispatched", 7).has("release")).toBe(false);
    expect(held("held", 7).has("take")).toBe(true);
    expect(held("held", 7).has("step")).toBe(false);
    expect([...held("working", 8)]).toEqual(["note"]);
    expect(held("resolved", 7).has("close")).toBe(true);
    expect(held("resolved", 7).has("step")).toBe(true);
    expect(held("resolved", 8).has("step")).toBe(false);
});

test("an event is told in the dispatcher's language, else in English, else by its code", () => {
    const event = {code: "130", names: {en_US: "Burglary", zh_CN: "盗窃"}};
    expect(eventWords(event, "zh_CN")).toBe("盗窃");
    expect(eventWords(event, "fr_FR")).toBe("Burglary");
    expect(eventWords({code: "999", names: {}}, "zh_CN")).toBe("999");
});

test("keys are known by name on every layout and on the numeric keypad", () => {
    expect(keyName({key: " ", code: "Space"})).toBe("space");
    expect(keyName({key: "N", code: "KeyN"})).toBe("n");
    expect(keyName({key: "т", code: "KeyN"})).toBe("n");
    expect(keyName({key: "7", code: "Numpad7"})).toBe("7");
    expect(keyName({key: "?", code: "Slash"})).toBe("?");
    expect(keyName({key: "Escape", code: "Escape"})).toBe("escape");
    expect(keyName({key: "Enter", code: "NumpadEnter"})).toBe("enter");
    expect(keyName({key: "、", code: "Slash"})).toBe("/");
    expect(keyName({key: "？", code: "Slash"})).toBe("?");
});

test("a length of time is told in hours and minutes", () => {
    patchTranslations();
    expect([61, 725, 3600, 7500].map(durationWords)).toEqual([
        "1 min",
        "12 min",
        "1 h",
        "2 h 5 min",
    ]);
});
