import {describe, expect, test} from "@odoo/hoot";
import {nextCall} from "@alarm_board/model/calls";
import {foldRestores} from "@alarm_board/model/history";
import {
    doingOf,
    formBefore,
    outcomeOf,
    splitSteps,
    stepInHand,
} from "@alarm_board/model/steps";
import {targetClock, targetState} from "@alarm_board/model/targets";
import {fittingTemplates, numberedTemplate} from "@alarm_board/model/templates";
import {makeOutcome, makePerson, makeStep} from "./board_test_helpers";

describe.current.tags("headless");

const NO_FORMS = {cameras: [], hasForm: () => false};
const FORMS = {cameras: [], hasForm: () => true};

test("the step in hand is the current one, or an open one that was chosen", () => {
    const steps = [
        makeStep({number: 1, state: "done"}),
        makeStep({number: 2, state: "current"}),
        makeStep({number: 3, state: "pending"}),
    ];
    expect(stepInHand(null)).toBe(null);
    expect(stepInHand({steps}).number).toBe(2);
    expect(stepInHand({steps}, 3).number).toBe(3);
    // What was done meanwhile is in hand no more.
    expect(stepInHand({steps}, 1).number).toBe(2);
    expect(splitSteps({steps}).done.map(({number}) => number)).toEqual([1]);
    expect(splitSteps({steps}).left.map(({number}) => number)).toEqual([2, 3]);
});

test("Enter begins what a step asks for", () => {
    const doing = (kind, around = NO_FORMS, outcomes = ["undecided"]) =>
        doingOf(makeStep({kind, outcomes: outcomes.map(makeOutcome)}), around);
    expect(doing("call_premises")).toEqual({form: "call", options: {premises: true}});
    expect(doing("call_contact")).toEqual({form: "call", options: {premises: false}});
    expect(doing("verify_passcode")).toEqual({form: "passcode"});
    expect(doing("police")).toEqual({form: "notify", options: {party: "police"}});
    expect(doing("notify")).toEqual({form: "notify", options: {party: "customer"}});
    expect(doing("dispatch", FORMS)).toEqual({form: "dispatch"});
    expect(doing("dispatch")).toEqual({choose: true});
    expect(doing("decide")).toEqual({choose: true});
    expect(doing("note")).toEqual({note: true});
    expect(doing("instruct", NO_FORMS, ["done"])).toEqual({outcome: "done"});
    const seen = {...NO_FORMS, cameras: [{name: "x", url: "https://x"}]};
    expect(doing("camera", seen)).toEqual({camera: "https://x"});
});

test("a digit chooses an outcome", () => {
    const step = makeStep({});
    expect(outcomeOf(step, 2).value).toBe("unavailable");
    expect(outcomeOf(step, 9)).toBe(null);
});

test("that a word was right is checked, that somebody was sent is an order", () => {
    const around = {passcode: {registered: true, result: ""}, hasForm: () => true};
    const before = (kind, value, more = {}) =>
        formBefore(makeStep({kind}), makeOutcome(value), {...around, ...more});
    expect(before("verify_passcode", "passcode_ok")).toBe("passcode");
    expect(before("verify_passcode", "passcode_wrong")).toBe(null);
    const checked = {passcode: {registered: true, result: "ok"}};
    expect(before("verify_passcode", "passcode_ok", checked)).toBe(null);
    const none = {passcode: {registered: false, result: ""}};
    expect(before("verify_passcode", "passcode_ok", none)).toBe(null);
    expect(before("dispatch", "sent")).toBe("dispatch");
    expect(before("dispatch", "sent", {hasForm: () => false})).toBe(null);
    expect(before("dispatch", "unavailable")).toBe(null);
});

test("the next call is whom one wants, else whom the server says, else the first", () => {
    const persons = [
        makePerson({contact_id: false, name: "Premises"}),
        makePerson({contact_id: 1}),
        makePerson({contact_id: 2, next: true}),
    ];
    expect(nextCall(persons)).toBe(2);
    expect(nextCall(persons, {premises: true})).toBe(0);
    expect(nextCall(persons, {contactId: 1})).toBe(1);
    expect(nextCall(persons.slice(0, 2))).toBe(1);
    expect(nextCall(persons.slice(0, 1))).toBe(0);
    expect(nextCall([])).toBe(0);
});

test("a restore is told beside what it takes back", () => {
    const signals = [
        {id: 3, restore: true, restores: [1]},
        {id: 2, restore: true, restores: [99]},
        {id: 1, restore: false, restores: []},
        {id: 4, restore: true, restores: []},
    ];
    expect(foldRestores(signals).map(({id}) => id)).toEqual([2, 1, 4]);
});

test("targets run, warn, are missed and met", () => {
    const due = "2026-11-20T08:05:00.000000Z";
    const at = (time) => Date.parse(`2026-11-20T${time}Z`);
    const shown = (target, time) => {
        const state = targetState(target, at(time));
        return [state.level, targetClock(state)];
    };
    const running = {due, done: null};
    expect(shown({due: null, done: null}, "08:00:00")).toEqual(["idle", "–"]);
    expect(shown(running, "08:00:00")).toEqual(["running", "5:00"]);
    expect(shown(running, "08:04:30")).toEqual(["warning", "0:30"]);
    expect(shown(running, "08:06:00")).toEqual(["late", "+1:00"]);
    expect(shown({due, done: "2026-11-20T08:01:00Z"}, "09:00:00")).toEqual([
        "met",
        "4:00",
    ]);
    expect(shown({due, done: "2026-11-20T08:07:00Z"}, "09:00:00")).toEqual([
        "missed",
        "+2:00",
    ]);
});

test("/ looks for a template, a digit takes it", () => {
    const templates = ["Nobody answers", "The keyholder comes", "Nothing seen"];
    expect(fittingTemplates("nobody", templates)).toBe(null);
    expect(fittingTemplates("/", templates)).toEqual(templates);
    expect(fittingTemplates("/KEY", templates)).toEqual(["The keyholder comes"]);
    expect(fittingTemplates("/zzz", templates)).toEqual([]);
    expect(numberedTemplate("/3", templates)).toBe("Nothing seen");
    expect(numberedTemplate("/9", templates)).toBe(null);
    expect(numberedTemplate("/3 x", templates)).toBe(null);
});
