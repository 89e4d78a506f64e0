import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("alarm_sale_visit_map", {
    steps: () => [
        {
            content: "the prospect is on the map and in the list",
            trigger: ".o_alarm_map[data-phase=ready] .o_alarm_pin",
        },
        {
            content: "whose name is chosen is marked",
            trigger: ".o_alarm_visit_list li:contains(Gold Harbour Road) .fw-bold",
            run: "click",
        },
        {
            trigger: ".o_alarm_visit_list li.active:contains(Gold Harbour Road)",
        },
        {
            content: "and opened",
            trigger: ".o_alarm_visit_list li.active .o_alarm_visit_open",
            run: "click",
        },
        {
            trigger: ".o_form_view a[name=premises]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=site_name] input:value(Gold Harbour Road)",
        },
    ],
});
