from odoo import fields, models


class AlarmIncidentEntry(models.Model):
    _inherit = "alarm.incident.entry"

    kind = fields.Selection(
        selection_add=[("notes_read", "Notes Read")],
        # Entries are evidence: what is there stays, with its kind.
        ondelete={"notes_read": lambda entries: None},
    )
