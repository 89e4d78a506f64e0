from odoo import fields, models

from ..tools.gates import PARTIES


class AlarmIncidentNotify(models.TransientModel):
    """Asks what `action_notify` needs to know."""

    _name = "alarm.incident.notify"
    _description = "Notify of an Alarm Incident"

    incident_id = fields.Many2one("alarm.incident", required=True, ondelete="cascade")
    party = fields.Selection(PARTIES, required=True)
    needless = fields.Boolean("Not Needed")
    reference = fields.Char()
    note = fields.Char()

    def action_apply(self):
        for wizard in self:
            wizard.incident_id.action_notify(
                wizard.party,
                wizard.note or "",
                reference=wizard.reference or "",
                needless=wizard.needless,
            )
        return {"type": "ir.actions.act_window_close"}


class AlarmIncidentLoss(models.TransientModel):
    """Asks what `action_loss` needs to know."""

    _name = "alarm.incident.loss"
    _description = "Loss of an Alarm Incident"

    incident_id = fields.Many2one("alarm.incident", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="incident_id.currency_id")
    amount = fields.Monetary("Estimated Loss")
    note = fields.Text(required=True)

    def action_apply(self):
        for wizard in self:
            wizard.incident_id.action_loss(wizard.note, wizard.amount)
        return {"type": "ir.actions.act_window_close"}
