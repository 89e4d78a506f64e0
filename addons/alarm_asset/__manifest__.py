{
    "name": "Alarm Assets",
    "summary": "Leased equipment as assets: depreciation, return, loss, purchase, hand-over",
    "version": "19.0.1.0.0",
    "category": "Services/Alarm Centre",
    "author": "Alarm Centre contributors",
    "license": "AGPL-3",
    "depends": ["alarm_contract", "account_asset_management"],
    "data": [
        "security/ir.model.access.csv",
        "data/ir_cron.xml",
    ],
    "application": False,
}
