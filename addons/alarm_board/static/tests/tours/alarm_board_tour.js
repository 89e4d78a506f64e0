import {registry} from "@web/core/registry";

const ROW = ".o_alarm_row:contains(Test Shop)";

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
            content: "The alarm is looked for",
            trigger: ".o_alarm_search",
            run: "edit Test Shop",
        },
        {
            content: "It waits, with what other programs rely on",
            trigger: `${ROW}[data-incident-id][data-priority][data-signal-uid]`,
        },
        {
            trigger: `${ROW} .o_alarm_take`,
            run: "click",
        },
        {
            content: "The panel names whom to call",
            trigger: ".o_alarm_call[href='tel:555 0100']",
        },
        {
            trigger: ".o_alarm_note_text:contains(Dog in the)",
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
            trigger: ".o_alarm_resolution_chosen",
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
            content: "It leaves the queue",
            trigger: ".o_alarm_queue:not(:has(.o_alarm_row:contains(Test Shop)))",
        },
    ],
});
