{
    "name": "Alarm Board: Contracts",
    "summary": "The state of the fees on the alarm board",
    "version": "19.0.1.0.0",
    "category": "Services/Alarm Centre",
    "author": "Alarm Centre contributors",
    "license": "AGPL-3",
    "depends": ["alarm_board", "alarm_contract"],
    "data": [],
    "assets": {
        "web.assets_backend": [
            "alarm_board_contract/static/src/**/*.js",
            "alarm_board_contract/static/src/**/*.xml",
        ],
        "web.assets_unit_tests": ["alarm_board_contract/static/tests/*.js"],
    },
    "auto_install": True,
    "application": False,
}
