{
    "name": "Alarm Settlements",
    "summary": "Shares, carriers, milestones, leased-out capacity and hand-over of contracts",
    "version": "19.0.1.0.0",
    "category": "Services/Alarm Centre",
    "author": "Alarm Centre contributors",
    "license": "AGPL-3",
    "depends": ["alarm_contract"],
    "data": [],
    "application": False,
}
