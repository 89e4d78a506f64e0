{
    "name": "Alarm Centre",
    "summary": "Alarm receiving centre: subscribers, signals, incidents, alarm board",
    "version": "19.0.1.0.0",
    "category": "Services/Alarm Centre",
    "author": "Alarm Centre contributors",
    "license": "AGPL-3",
    "depends": [
        "account",
        "contacts",
        "alarm_subscriber",
        "alarm_monitoring",
        "alarm_board",
        "alarm_dispatch",
    ],
    "data": [
        "security/alarm_centre_groups.xml",
        "views/res_config_settings_views.xml",
        "views/res_config_settings_signals.xml",
        "views/res_config_settings_monitoring_views.xml",
        "views/menus.xml",
    ],
    "demo": [
        "demo/res_company.xml",
        "demo/res_users.xml",
        "demo/alarm.panel-dc09_keys.csv",
    ],
    "application": True,
}
