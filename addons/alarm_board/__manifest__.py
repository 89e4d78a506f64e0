{
    "name": "Alarm Board",
    "summary": "The dispatcher's screen: live queue of alarms, handled by keyboard",
    "version": "19.0.1.1.0",
    "category": "Services/Alarm Centre",
    "author": "Alarm Centre contributors",
    "license": "AGPL-3",
    "depends": ["alarm_monitoring", "bus", "web"],
    "data": ["views/alarm_board_views.xml"],
    "assets": {
        "web._assets_primary_variables": [
            "alarm_board/static/src/alarm_board.variables.scss",
        ],
        "web.assets_backend": [
            "alarm_board/static/src/**/*.js",
            "alarm_board/static/src/**/*.xml",
            "alarm_board/static/src/**/*.scss",
        ],
        "web.assets_unit_tests": ["alarm_board/static/tests/*.js"],
        "web.assets_tests": ["alarm_board/static/tests/tours/*.js"],
    },
    "uninstall_hook": "uninstall_hook",
    "application": False,
}
