import * as hoot from "@odoo/hoot-dom";
import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

let clicks = [];

/** A key, once what `trigger` names is there. Nothing is clicked to get there. */
const key = (trigger, keys, content) => ({
    content,
    trigger,
    run: () => hoot.press(keys),
});

/** Type into whatever has the focus, which must be what `trigger` names. */
const type = (trigger, text, content) => ({
    content,
    trigger: `${trigger}:focus`,
    run: () => hoot.edit(text),
});

const there = (trigger, content) => ({content, trigger});

const STEP = (number) =>
    `.o_alarm_panel[aria-busy='false'] .o_alarm_step[data-step='${number}']`;

/** From here on whoever uses the pointer is caught. */
const hands_off = {
    content: "Nobody touches the mouse from here on",
    trigger: ".o_alarm_link_connected[data-link='server']",
    run: () => {
        clicks = [];
        for (const type of ["pointerdown", "mousedown", "touchstart"]) {
            window.addEventListener(type, (event) => clicks.push(event), {
                capture: true,
            });
        }
    },
};

const no_clicks = {
    content: "It was done without a click",
    trigger: ".o_alarm_board",
    run: () => {
        if (clicks.length) {
            throw new Error(`${clicks.length} times the pointer was used`);
        }
    },
};

const take = [
    hands_off,
    there(".o_alarm_row:contains(Test Shop)"),
    key(".o_alarm_board", "Space", "Space takes the next alarm"),
    there(STEP(1), "and opens it with the first step in hand"),
];

const GONE = ".o_alarm_board:not(:has(.o_alarm_panel))";

// Verified with the customer as false: record the result.
tours.add("alarm_board_verified_false", {
    steps: () => [
        ...take,
        key(STEP(1), "Enter", "Enter calls the premises"),
        there(".o_alarm_contact_called[data-contact='premises']"),
        key(".o_alarm_board", "k", "Somebody answers and says the passcode"),
        type(".o_alarm_passcode_word", "harbour"),
        key(".o_alarm_passcode_word:focus", "Enter"),
        there(".o_alarm_passcode_ok", "It is right; the plan is at its end"),
        there(".o_alarm_panel:not(:has(.o_alarm_step))"),
        key(".o_alarm_panel[aria-busy='false']", "a", "The signals are acknowledged"),
        there(".o_alarm_panel:not(:has(.o_alarm_acknowledge))"),
        key(".o_alarm_panel[aria-busy='false']", "x", "X resolves"),
        there(".o_alarm_choice_chosen[data-kind='false']", "as the plan suggests"),
        key(
            ".o_alarm_resolve_form",
            "Enter",
            "Nothing is missing: it is closed with it"
        ),
        there(GONE),
        no_clicks,
    ],
});

const nobody_answers = [
    key(STEP(1), "Enter", "The premises are called"),
    key(".o_alarm_contact_called[data-contact='premises']", "2", "nobody answers"),
    key(STEP(2), "Enter", "The next person is called"),
    there(".o_alarm_contact_called:contains(Test Keyholder)"),
];

const send = [
    key(STEP(5), "Enter", "The nearest is proposed"),
    there(".o_alarm_dispatch_form .o_alarm_choice_chosen:contains(Ralf)"),
    key(".o_alarm_dispatch_form", "Enter", "and sent"),
    there(".o_alarm_order[data-order-state='proposed']:contains(Ralf)"),
];

// Cannot tell: pre-process the alarm and dispatch.
tours.add("alarm_board_undecided", {
    steps: () => [
        ...take,
        ...nobody_answers,
        key(".o_alarm_panel[aria-busy='false']", "2", "nobody answers there either"),
        key(STEP(3), "2", "Nobody can tell"),
        key(STEP(4), "1", "Nothing is to be seen on the cameras"),
        ...send,
        key(
            ".o_alarm_panel[aria-busy='false']",
            "u",
            "What is done from here meanwhile"
        ),
        type(".o_alarm_preprocess_form textarea", "keeps the cameras in sight"),
        key(".o_alarm_preprocess_form textarea", "Enter"),
        there(".o_alarm_entry_text:contains(keeps the cameras in sight)"),
        key(".o_alarm_panel[aria-busy='false']", "Escape", "Back to the queue"),
        there(".o_alarm_row:contains(Test Shop)", "The incident stays in hand"),
        no_clicks,
    ],
});

// The responder has surveyed the site and tells it was false: record it.
tours.add("alarm_board_found_false", {
    steps: () => [
        hands_off,
        there(".o_alarm_row:contains(Test Shop)"),
        {
            content: "The row is chosen with the arrows",
            trigger: ".o_alarm_queue_rows",
            run: () => {
                document.querySelector(".o_alarm_queue_rows").focus();
                return hoot.press("ArrowDown");
            },
        },
        key(".o_alarm_row_selected", "Enter", "and opened"),
        there(".o_alarm_order_finding", "The finding is there"),
        key(STEP(6), "0", "The police are not needed"),
        type(".o_alarm_step_note input", "found false"),
        key(".o_alarm_step_note input", "Enter"),
        key(STEP(7), "0", "nor the customer at the site"),
        type(".o_alarm_step_note input", "found false"),
        key(".o_alarm_step_note input", "Enter"),
        key(STEP(8), "4", "The passcode could not be asked for"),
        type(".o_alarm_step_note input", "nobody was reached"),
        key(".o_alarm_step_note input", "Enter"),
        key(STEP(9), "Enter", "What was found is written down"),
        type(".o_alarm_step_note input", "a cat, all is locked"),
        key(".o_alarm_step_note input", "Enter"),
        there(".o_alarm_panel:not(:has(.o_alarm_step))"),
        key(".o_alarm_panel[aria-busy='false']", "a"),
        there(".o_alarm_panel:not(:has(.o_alarm_acknowledge))"),
        key(".o_alarm_panel[aria-busy='false']", "x", "It is resolved as false"),
        key(".o_alarm_resolve_form", "4"),
        there(".o_alarm_choice_chosen[data-kind='false']"),
        type(".o_alarm_resolve_note", "the responder saw a cat"),
        key(".o_alarm_resolve_note", "Enter"),
        there(GONE, "Nothing is missing: it is closed"),
        no_clicks,
    ],
});

// Real: the customer is called to the site, the police are told.
tours.add("alarm_board_real", {
    steps: () => [
        ...take,
        ...nobody_answers,
        key(".o_alarm_panel[aria-busy='false']", "1", "The keyholder is reached"),
        key(STEP(3), "3", "and says that it is real"),
        ...send,
        key(STEP(6), "Enter", "The police are called"),
        there(".o_alarm_notify_form .o_alarm_call[href='tel:110']"),
        type(".o_alarm_reference", "110-4711", "and give the number of the report"),
        key(".o_alarm_reference", "Enter"),
        key(STEP(7), "Enter", "The customer is called to the site"),
        there(".o_alarm_notify_form .o_alarm_choice_chosen[data-party='customer']"),
        type(".o_alarm_reference", "comes at once"),
        key(".o_alarm_reference", "Enter"),
        key(STEP(9), "Enter"),
        type(".o_alarm_step_note input", "door forced"),
        key(".o_alarm_step_note input", "Enter"),
        there(".o_alarm_panel:not(:has(.o_alarm_step))"),
        key(".o_alarm_panel[aria-busy='false']", "m", "The insurer is told"),
        key(".o_alarm_notify_form", "5"),
        type(".o_alarm_reference", "claim 12"),
        key(".o_alarm_reference", "Enter"),
        there(".o_alarm_entry_text:contains(claim 12)"),
        key(".o_alarm_panel[aria-busy='false']", "l", "What the customer misses"),
        type(".o_alarm_loss_form textarea", "two tills, a safe"),
        key(".o_alarm_loss_form textarea", "Enter"),
        there(".o_alarm_entry_text:contains(two tills, a safe)"),
        no_clicks,
    ],
});

// Real: the dispatch record is there; register the real alarm.
tours.add("alarm_board_found_real", {
    steps: () => [
        hands_off,
        there(".o_alarm_row:contains(Test Shop)"),
        {
            trigger: ".o_alarm_queue_rows",
            run: () => {
                document.querySelector(".o_alarm_queue_rows").focus();
                return hoot.press("ArrowDown");
            },
        },
        key(".o_alarm_row_selected", "Enter"),
        there(".o_alarm_order_finding"),
        key(".o_alarm_panel[aria-busy='false']", "x", "It is resolved as real"),
        key(".o_alarm_resolve_form", "7"),
        there(".o_alarm_choice_chosen[data-kind='real']"),
        type(".o_alarm_resolve_note", "broken in through the back door"),
        key(".o_alarm_resolve_note", "Enter"),
        there(".o_alarm_missing [data-gate='signals']", "What is missing is listed"),
        key(
            ".o_alarm_panel[aria-busy='false']",
            "x",
            "X goes to the first of it: the signals are acknowledged"
        ),
        there(".o_alarm_close", "Nothing is missing any more"),
        key(".o_alarm_panel[aria-busy='false']", "x", "It is closed"),
        there(GONE),
        no_clicks,
    ],
});
