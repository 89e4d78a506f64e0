{
    "name": "Alarm Board: Dispatch",
    "summary": "Send responders from the alarm board, and see where they are",
    "version": "19.0.1.0.0",
    "category": "Services/Alarm Centre",
    "author": "Alarm Centre contributors",
    "license": "AGPL-3",
    "depends": ["alarm_board", "alarm_dispatch"],
    "data": [],
    "assets": {
        "web.assets_backend": [
            "alarm_board_dispatch/static/src/**/*.js",
            "alarm_board_dispatch/static/src/**/*.xml",
            "alarm_board_dispatch/static/src/**/*.scss",
        ],
        "web.assets_unit_tests": ["alarm_board_dispatch/static/tests/*.js"],
        "web.assets_tests": ["alarm_board_dispatch/static/tests/tours/*.js"],
    },
    "auto_install": True,
    "application": False,
}
