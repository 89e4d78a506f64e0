import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("alarm_wall_watch", {
    steps: () => [
        {
            content: "The wall shows what waits, against its target",
            trigger: ".o_alarm_wall[data-loaded='true']:not(.o_alarm_wall_stale)",
        },
        {
            trigger: ".o_alarm_wall_tile.o_alarm_wall_danger:contains(Test Shop)",
        },
        {
            content: "Who is at the desk",
            trigger: ".o_alarm_wall_people:contains(board_dispatcher)",
        },
        {
            content: "What is held, and why",
            trigger: ".o_alarm_wall_list:contains(owner calls back)",
        },
        {
            content: "Where it is",
            trigger:
                ".o_alarm_map[data-phase='ready'] .o_alarm_pin[aria-label*='Test Shop']",
        },
        {
            content: "What happens while it hangs there comes by itself",
            trigger: ".o_alarm_wall_header",
            run: () =>
                fetch("/web/dataset/call_kw/alarm.storm/action_begin", {
                    method: "POST",
                    headers: {"Content-Type": "application/json"},
                    body: JSON.stringify({
                        params: {
                            model: "alarm.storm",
                            method: "action_begin",
                            args: ["hail"],
                            kwargs: {},
                        },
                    }),
                }),
        },
        {
            trigger: ".o_alarm_wall .o_alarm_storm_going[title='hail']",
        },
        {
            trigger: ".o_alarm_wall_feed [data-kind='storm_begun']:contains(hail)",
        },
    ],
});

registry.category("web_tour.tours").add("alarm_storm_close", {
    steps: () => [
        {
            content: "The board offers storm mode",
            trigger: ".o_alarm_header .o_alarm_storm_likely",
            run: "click",
        },
        {
            trigger: ".o_alarm_storm_begin_reason",
            run: "edit Power failure in the north",
        },
        {
            trigger: ".o_alarm_storm_begin:enabled",
            run: "click",
        },
        {
            content: "It is on, for everybody",
            trigger: ".o_alarm_storm_on:contains(Power failure in the north)",
        },
        {
            trigger:
                ".o_alarm_header .o_alarm_storm_going:not(:visible), .o_alarm_storm_going",
        },
        {
            content: "The queue is collapsed",
            trigger: ".o_alarm_storm_groupings [data-by='class']",
            run: "click",
        },
        {
            trigger: ".o_alarm_storm_group[data-class='fire']",
        },
        {
            trigger: ".o_alarm_storm thead input[type='checkbox']",
            run: "click",
        },
        {
            content: "The fire stays",
            trigger: ".o_alarm_storm_summary[data-chosen='3'][data-guarded='1']",
        },
        {
            trigger: ".o_alarm_storm_reason",
            run: "edit Power failure",
        },
        {
            trigger: ".o_alarm_storm_submit:enabled",
            run: "click",
        },
        {
            trigger: ".o_alarm_storm_result[data-closed='3']",
        },
        {
            content: "What is left is the fire",
            trigger:
                ".o_alarm_storm_groups:not(:has([data-class='trouble'])) [data-class='fire']",
        },
        {
            trigger: ".o_alarm_storm_end",
            run: "click",
        },
        {
            trigger: ".o_alarm_storm_begin_reason",
        },
    ],
});
