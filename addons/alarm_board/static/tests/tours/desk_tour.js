import {registry} from "@web/core/registry";

/** A shift from its first to its last minute, with a call in between. */
registry.category("web_tour.tours").add("alarm_board_desk", {
    steps: () => [
        {
            content: "begin the shift",
            trigger: ".o_alarm_start_shift",
            run: "click",
        },
        {
            content: "read what the last shift has left",
            trigger: ".o_alarm_notes:contains(the gate is broken) .o_alarm_notes_read",
            run: "click",
        },
        {
            content: "somebody telephones",
            trigger: "body:not(:has(.o_alarm_notes)) .o_alarm_board",
            run: "press o",
        },
        {
            content: "find the caller by the account",
            trigger: ".o_alarm_lookup_input input",
            run: "edit 7001",
        },
        {
            trigger: ".o_alarm_found li:contains(Test Shop)",
            run: "click",
        },
        {
            trigger: ".o_alarm_caller_choice:contains(Test Keyholder) input",
            run: "click",
        },
        {
            trigger: "[data-class=burglary]",
            run: "click",
        },
        {
            trigger: ".o_alarm_report_text",
            run: "edit somebody is in the yard",
        },
        {
            trigger: ".o_alarm_report_take:enabled",
            run: "click",
        },
        {
            content: "the incident is open in the panel, with the number to call back",
            trigger: ".o_alarm_card_caller:contains(555 0100)",
        },
        {
            content: "end the shift",
            trigger: ".o_alarm_desk_button",
            run: "click",
        },
        {
            trigger: ".o_alarm_desk_end",
            run: "click",
        },
        {
            trigger: ".o_alarm_in_hand_release",
            run: "click",
        },
        {
            trigger: ".o_alarm_end_shift:not(:has(.o_alarm_in_hand)) .o_alarm_end_note",
            run: "edit all quiet",
        },
        {
            trigger: ".o_alarm_leave_empty",
            run: "click",
        },
        {
            trigger: ".o_alarm_end_submit:enabled",
            run: "click",
        },
        {
            content: "nobody is on shift any more",
            trigger: ".o_alarm_desk_button.o_alarm_tool_off",
        },
        {
            trigger: ".o_alarm_start_shift",
        },
    ],
});
