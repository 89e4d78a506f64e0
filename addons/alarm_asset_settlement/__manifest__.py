{
    "name": "Alarm Settlements: Assets",
    "summary": "What changes hands at the end of a contract leaves the books",
    "version": "19.0.1.0.0",
    "category": "Services/Alarm Centre",
    "author": "Alarm Centre contributors",
    "license": "AGPL-3",
    "depends": ["alarm_asset", "alarm_settlement"],
    "data": [],
    "auto_install": True,
    "application": False,
}
