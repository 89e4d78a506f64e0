{
    "name": "Alarm Wall: Dispatch",
    "summary": "Responders by status on the map of the supervisors' wall",
    "version": "19.0.1.0.0",
    "category": "Services/Alarm Centre",
    "author": "Alarm Centre contributors",
    "license": "AGPL-3",
    "depends": ["alarm_board", "alarm_dispatch"],
    "data": [],
    "assets": {
        "web.assets_backend": ["alarm_wall_dispatch/static/src/*.js"],
        "web.assets_unit_tests": ["alarm_wall_dispatch/static/tests/*.js"],
    },
    "auto_install": True,
    "application": False,
}
