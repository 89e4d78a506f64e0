/**
 * The steps of a response plan, as the panel shows and does them. The server decides how a
 * plan goes on; this only knows what is offered.
 */

const CALLS = new Set(["call_premises", "call_contact", "two_call"]);
const NOTICES = {
    police: "police",
    fire: "fire",
    medical: "medical",
    notify: "customer",
};

/**
 * @param {object|null} plan of the detail
 * @param {number|null} [chosenId] a step that the dispatcher does out of its order
 * @returns {object|null} the step in hand
 */
export function stepInHand(plan, chosenId = null) {
    const steps = plan ? plan.steps : [];
    const open = (step) => ["pending", "current"].includes(step.state);
    return (
        steps.find((step) => step.id === chosenId && open(step)) ||
        steps.find((step) => step.state === "current") ||
        null
    );
}

/**
 * What Enter does with a step: it begins what has to be done, or ends the step where
 * nothing but that it was done can be said.
 *
 * @param {object} step
 * @param {{cameras: object[], hasForm: (name: string) => boolean}} around
 * @returns {{form: string, options?: object}|{outcome: string}|{camera: string}|{note: true}
 *     |{choose: true}}
 */
export function doingOf(step, {cameras, hasForm}) {
    if (CALLS.has(step.kind)) {
        return {form: "call", options: {premises: step.kind === "call_premises"}};
    }
    if (step.kind === "verify_passcode") {
        return {form: "passcode"};
    }
    if (step.kind in NOTICES) {
        return {form: "notify", options: {party: NOTICES[step.kind]}};
    }
    if (step.kind === "dispatch" && hasForm("dispatch")) {
        return {form: "dispatch"};
    }
    if (step.kind === "camera" && cameras.length) {
        return {camera: cameras[0].url};
    }
    if (step.kind === "note") {
        return {note: true};
    }
    const [first] = step.outcomes;
    return first && first.value === "done" ? {outcome: "done"} : {choose: true};
}

/**
 * @param {object} step
 * @param {number} digit 1 to 9
 * @returns {object|null} the outcome that the digit chooses
 */
export function outcomeOf(step, digit) {
    return step.outcomes[digit - 1] || null;
}

/**
 * What has to be done before a step can end in some way: that a word was right is checked,
 * that somebody was sent is an order.
 *
 * @param {object} step
 * @param {object} outcome of the step
 * @param {{passcode: object, hasForm: (name: string) => boolean}} around
 * @returns {string|null} name of the form where it is done
 */
export function formBefore(step, outcome, {passcode, hasForm}) {
    const unchecked = passcode.registered && passcode.result !== "ok";
    if (
        step.kind === "verify_passcode" &&
        outcome.value === "passcode_ok" &&
        unchecked
    ) {
        return "passcode";
    }
    if (step.kind === "dispatch" && outcome.value === "sent" && hasForm("dispatch")) {
        return "dispatch";
    }
    return null;
}

/**
 * The plan in short: what is over in one line, then the step in hand, then what follows.
 *
 * @param {object} plan
 * @returns {{done: object[], left: object[]}}
 */
export function splitSteps(plan) {
    const over = (step) => ["done", "skipped"].includes(step.state);
    return {
        done: plan.steps.filter(over),
        left: plan.steps.filter((step) => !over(step)),
    };
}
