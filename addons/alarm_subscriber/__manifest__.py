{
    "name": "Alarm Subscribers",
    "summary": "Register of monitored premises: panels, areas, zones, persons to call",
    "version": "19.0.1.2.0",
    "category": "Services/Alarm Centre",
    "author": "Alarm Centre contributors",
    "license": "AGPL-3",
    "depends": ["mail", "contacts", "base_import"],
    "data": [
        "security/alarm_subscriber_groups.xml",
        "security/alarm_subscriber_rules.xml",
        "security/ir.model.access.csv",
        "data/ir_sequence.xml",
        "data/alarm_subscriber_category.xml",
        "views/alarm_area_views.xml",
        "views/alarm_zone_views.xml",
        "views/alarm_contact_views.xml",
        "views/alarm_panel_views.xml",
        "views/alarm_subscriber_views.xml",
        "views/alarm_subscriber_category_views.xml",
        "views/menus.xml",
    ],
    "demo": [
        "demo/res_users.xml",
        "demo/res.partner-customers.csv",
        "demo/res.partner-premises.csv",
        "demo/res.partner-people.csv",
        "demo/alarm.subscriber.csv",
        "demo/alarm.panel.csv",
        "demo/alarm.area.csv",
        "demo/alarm.zone.csv",
        "demo/alarm.panel.user.csv",
        "demo/alarm.contact.csv",
        "demo/alarm_subscriber_states.xml",
    ],
    # The asset is left out of Debian's build of Odoo for licensing reasons; while it
    # is listed every page load reports an error. Removing it is harmless elsewhere.
    "assets": {
        "web.assets_backend": [
            ("remove", "mail/static/lib/selfie_segmentation/selfie_segmentation.js"),
        ],
    },
    "application": False,
}
