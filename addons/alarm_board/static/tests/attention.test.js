import {describe, expect, test} from "@odoo/hoot";
import {mockDate} from "@odoo/hoot-mock";
import {Attention} from "@alarm_board/attention/attention";
import {boardMarks, isOnTest} from "@alarm_board/model/marks";
import {withPending} from "@alarm_board/model/pending";
import {claim, isHolder, LEASE_MS} from "@alarm_board/model/sound_lease";
import {patchTranslations} from "@web/../tests/web_test_helpers";
import {makeRow} from "./board_test_helpers";

describe.current.tags("headless");

const NOW = Date.parse("2026-11-20T08:10:00Z");
const TARGET = {pickup: 60, escalate: 120, idle: 300};
const ME = {id: 7, name: "I"};

test("one tab has the lease, and another takes it when it is not renewed", () => {
    const first = claim(null, "a", NOW);
    expect(first.mine).toBe(true);
    expect(isHolder(first.stored, "a")).toBe(true);
    expect(claim(first.stored, "b", NOW + 1000)).toEqual({mine: false, stored: null});
    const renewed = claim(first.stored, "a", NOW + 1000);
    expect(renewed.mine).toBe(true);
    expect(claim(renewed.stored, "b", NOW + LEASE_MS + 500).mine).toBe(false);
    expect(claim(renewed.stored, "b", NOW + LEASE_MS + 1000).mine).toBe(true);
});

test("a lease that was kept by a clock gone wrong, or is no lease, is nobody's", () => {
    expect(claim(`a@${NOW + 10 * LEASE_MS}`, "b", NOW).mine).toBe(true);
    expect(claim("nonsense", "b", NOW).mine).toBe(true);
});

test("of two tabs one sounds, until it is closed", async () => {
    mockDate("2026-11-20 08:10:00", 0);
    localStorage.clear();
    const played = [];
    const services = (name) => ({
        title: {setCounters() {}},
        alarm_desktop: {close() {}, show: (title) => played.push(`${name}: ${title}`)},
        alarm_sound: {
            play: (sound) => {
                played.push(`${name} ${sound}`);
                return Promise.resolve(true);
            },
            stop() {},
        },
    });
    const [one, two] = ["one", "two"].map((name) => new Attention(services(name)));
    const now = {first: makeRow({priority: "1"}), lost: false};
    expect(await one.sound(now, true)).toBe(true);
    expect(await two.sound(now, true)).toBe(null);
    two.announce("1 Burglary", "");
    one.announce("1 Burglary", "");
    one.stop();
    expect(await two.sound(now, true)).toBe(true);
    expect(await two.sound({first: null, lost: false}, true)).toBe(null);
    expect(played).toEqual(["one burglary", "one: 1 Burglary", "two burglary"]);
});

test("a tab whose sound is off does not keep the other one silent", async () => {
    mockDate("2026-11-20 08:10:00", 0);
    localStorage.clear();
    const services = {
        title: {setCounters() {}},
        alarm_desktop: {close() {}, show() {}},
        alarm_sound: {play: () => Promise.resolve(true), stop() {}},
    };
    const quiet = new Attention(services);
    const loud = new Attention(services);
    const now = {first: makeRow({priority: "1"}), lost: false};
    quiet.announce("1 Burglary", "");
    expect(await quiet.sound(now, false)).toBe(null);
    expect(await loud.sound(now, true)).toBe(true);
    loud.stop();
});

test("a clock that is set back does not silence the board", async () => {
    localStorage.clear();
    mockDate("2026-11-20 08:10:00", 0);
    const attention = new Attention({
        title: {setCounters() {}},
        alarm_desktop: {close() {}, show() {}},
        alarm_sound: {play: () => Promise.resolve(true), stop() {}},
    });
    const now = {first: makeRow({priority: "1"}), lost: false};
    expect(await attention.sound(now, true)).toBe(true);
    expect(await attention.sound(now, true)).toBe(null);
    mockDate("2026-11-20 07:10:00", 0);
    expect(await attention.sound(now, true)).toBe(true);
    attention.stop();
});

test("a take is shown at once, and as not confirmed", () => {
    const row = makeRow({});
    expect(withPending(row, undefined, ME)).toBe(row);
    const taken = withPending(row, "action_take", ME);
    expect([taken.state, taken.user, taken.pending]).toEqual(["working", ME, true]);
    expect(row.user).toBe(null);
    // What closes an incident is not shown before it is done.
    const resolved = withPending(row, "action_resolve", ME);
    expect([resolved.state, resolved.pending]).toEqual(["queued", true]);
});

test("marks tell what a dispatcher should know before he opens the row", () => {
    patchTranslations();
    const names = (values) =>
        boardMarks(makeRow(values), {nowMs: NOW, target: TARGET}).map(({name}) => name);
    const fresh = {queued_at: "2026-11-20T08:09:50.000000Z"};
    expect(names(fresh)).toEqual([]);
    expect(names({queued_at: "2026-11-20T08:08:59.000000Z"})).toEqual(["overdue"]);
    expect(names({...fresh, user: ME, state: "working"})).toEqual([]);
    // Back from hold it waits anew.
    expect(
        names({
            queued_at: "2026-11-20T07:00:00.000000Z",
            returned_at: "2026-11-20T08:09:50.000000Z",
        })
    ).toEqual([]);
    expect(
        names({
            ...fresh,
            duress: true,
            runaway: true,
            exit_error: 12,
            two_knock: true,
            facts: {
                told: ["customer", "fire", "medical", "police"],
                calls: 2,
                seen: 3,
                seen_kind: "false",
                tests: [["2026-11-20T08:00:00.000000Z", "2026-11-20T09:00:00.000000Z"]],
            },
        })
    ).toEqual([
        "duress",
        "confirmed",
        "runaway",
        "exit_error",
        "on_test",
        "fire",
        "medical",
        "police",
        "calls",
        "seen",
    ]);
});

test("a test counts while it lasts", () => {
    const tests = [["2026-11-20T08:00:00.000000Z", "2026-11-20T08:10:00.000000Z"]];
    const row = makeRow({facts: {tests}});
    expect(isOnTest(row, NOW - 1)).toBe(true);
    expect(isOnTest(row, NOW)).toBe(false);
    expect(isOnTest(row, NOW - 600001)).toBe(false);
    expect(isOnTest(makeRow({}), NOW)).toBe(false);
});
