import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("alarm_contract_revenue", {
    steps: () => [
        {
            content: "what the contracts are worth a month",
            trigger: ".o_alarm_revenue_tile[data-tile=closing] strong:contains(130)",
        },
        {
            content: "only one class of revenue",
            trigger: ".o_alarm_revenue_classes [data-class=maintenance]",
            run: "click",
        },
        {
            trigger: ".o_alarm_revenue_tile[data-tile=closing] strong:contains(30)",
        },
        {
            trigger: ".o_alarm_revenue_heat td[style]:contains(100)",
        },
        {
            content: "a bar opens the movements behind it",
            trigger: ".o_alarm_revenue_bridge [data-kind=new]",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains(Test Maintenance)",
        },
    ],
});
