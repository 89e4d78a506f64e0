{
    "name": "Alarm Contracts",
    "summary": "Contracts as a service: business models as data, charging, recurring revenue",
    "version": "19.0.1.0.0",
    "category": "Services/Alarm Centre",
    "author": "Alarm Centre contributors",
    "license": "AGPL-3",
    "depends": [
        "alarm_dispatch",
        "alarm_equipment",
        "alarm_work_order",
        "contract",
        "contract_line_successor",
        "contract_termination",
        "report_chromium",
    ],
    "data": [
        "security/alarm_contract_groups.xml",
        "security/ir.model.access.csv",
    ],
    "demo": [],
    "application": False,
}
