from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """What was open without steps gets the plan that there is for it now."""
    incidents = api.Environment(cr, SUPERUSER_ID, {})["alarm.incident"]
    incidents.search(
        [
            ("state", "in", ("delayed", "queued", "working", "held", "dispatched")),
            ("plan_id", "=", False),
        ]
    )._choose_plans()
