from odoo import fields, models


class AlarmIncidentEntry(models.Model):
    _inherit = "alarm.incident.entry"

    kind = fields.Selection(
        selection_add=[
            ("dispatch_accepted", "Order Accepted"),
            ("dispatch_declined", "Order Declined"),
            ("dispatch_en_route", "On the Way"),
            ("dispatch_on_site", "On Site"),
            ("dispatch_finding", "Finding on Site"),
            ("dispatch_cancelled", "Order Cancelled"),
            ("dispatch_overdue", "Order Overdue"),
        ],
        # Entries are evidence: what is there stays, with its kind.
        ondelete={
            "dispatch_accepted": lambda entries: None,
            "dispatch_declined": lambda entries: None,
            "dispatch_en_route": lambda entries: None,
            "dispatch_on_site": lambda entries: None,
            "dispatch_finding": lambda entries: None,
            "dispatch_cancelled": lambda entries: None,
            "dispatch_overdue": lambda entries: None,
        },
    )
