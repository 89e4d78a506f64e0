{
    "name": "Alarm Board",
    "summary": "The dispatcher's screen: live queue of alarms, handled by keyboard",
    "version": "19.0.1.1.1",
    "category": "Services/Alarm Centre",
    "author": "Alarm Centre contributors",
    "license": "AGPL-3",
    "depends": ["alarm_monitoring", "bus", "web", "web_leaflet_lib"],
    "data": [
        "security/ir.model.access.csv",
        "security/alarm_note_template_rules.xml",
        "data/alarm_note_template.xml",
        "views/alarm_board_views.xml",
        "views/alarm_note_template_views.xml",
        "views/alarm_subscriber_views.xml",
    ],
    "assets": {
        "web._assets_primary_variables": [
            "alarm_board/static/src/alarm_board.variables.scss",
        ],
        "web.assets_backend": [
            "alarm_board/static/src/**/*.js",
            "alarm_board/static/src/**/*.xml",
            "alarm_board/static/src/**/*.scss",
            # The library would weigh on every page; the first map loads it, see `alarm_map`.
            ("remove", "web_leaflet_lib/static/lib/leaflet/*"),
            ("remove", "web_leaflet_lib/static/lib/leaflet_markercluster/*"),
        ],
        "alarm_board.leaflet": [
            "web_leaflet_lib/static/lib/leaflet/leaflet.css",
            "web_leaflet_lib/static/lib/leaflet/leaflet.js",
        ],
        "web.assets_unit_tests": ["alarm_board/static/tests/*.js"],
        "web.assets_tests": ["alarm_board/static/tests/tours/*.js"],
    },
    "uninstall_hook": "uninstall_hook",
    "application": False,
}
