from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.alarm_monitoring.models.alarm_event_code import EVENT_CLASSES


class AlarmNoteTemplate(models.Model):
    """A sentence that dispatchers write often."""

    _name = "alarm.note.template"
    _description = "Note Template"
    _order = "sequence, id"
    _rec_name = "text"

    text = fields.Char(required=True, translate=True)
    event_class = fields.Selection(EVENT_CLASSES, help="Offered only for these; empty: for all.")
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", ondelete="restrict", help="Empty: all companies."
    )
    active = fields.Boolean(default=True)

    def _texts_for(self, incident):
        """The sentences that fit an incident, in order."""
        domain = Domain("event_class", "in", (False, incident.event_class)) & Domain(
            "company_id", "in", (False, incident.company_id.id)
        )
        return self.search(domain).mapped("text")
