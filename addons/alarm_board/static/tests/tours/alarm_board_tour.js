import {registry} from "@web/core/registry";

const ROW = ".o_alarm_row:contains(Test Shop)";

// By mouse; by keyboard see the tours of alarm_board_dispatch, which have every step of a plan.
registry.category("web_tour.tours").add("alarm_board_handle", {
    steps: () => [
        {
            content: "The server is heard over the websocket",
            trigger: ".o_alarm_link_connected[data-link='server']",
        },
        {
            content: "The shift starts",
            trigger: ".o_alarm_start_shift",
            run: "click",
        },
        {
            content: "The alarm waits, with what other programs rely on",
            trigger: `${ROW}[data-incident-id][data-priority][data-signal-uid]`,
        },
        {
            content: "It is looked for and taken",
            trigger: ".o_alarm_search",
            run: "edit Test Shop",
        },
        {
            trigger: `${ROW} .o_alarm_take`,
            run: "click",
        },
        {
            content: "The panel names whom to call and what to know",
            trigger: ".o_alarm_call[href='tel:555 0100']",
        },
        {
            trigger: ".o_alarm_note_text:contains(Dog in the)",
        },
        {
            content: "A note is written",
            trigger: ".o_alarm_verb_note",
            run: "click",
        },
        {
            trigger: ".o_alarm_note_form textarea",
            run: "edit nobody at home",
        },
        {
            trigger: ".o_alarm_note_form button[type='submit']:enabled",
            run: "click",
        },
        {
            trigger: ".o_alarm_entry_text:contains(nobody at home)",
        },
        {
            content: "It is resolved by keyboard",
            trigger: ".o_alarm_panel_event",
            run: "press x",
        },
        {
            trigger: ".o_alarm_resolve_form",
            run: "press 1",
        },
        {
            trigger: ".o_alarm_choice_chosen",
        },
        {
            trigger: ".o_alarm_resolve_note",
            run: "edit closed by the tour",
        },
        {
            trigger: ".o_alarm_resolve_submit:enabled",
            run: "click",
        },
        {
            content: "It leaves the queue; what is missing to close is listed",
            trigger: ".o_alarm_queue:not(:has(.o_alarm_row:contains(Test Shop)))",
        },
        {
            trigger: ".o_alarm_missing [data-gate='steps']",
        },
    ],
});
