from odoo import fields, models

from ..models.alarm_incident_passcode import PASSCODE_RESULTS, SAID_BY_HAND


class AlarmIncidentPasscode(models.TransientModel):
    """Asks what `action_verify_passcode` and `action_passcode` need to know."""

    _name = "alarm.incident.passcode"
    _inherit = "alarm.passcode.ask"
    _description = "Passcode of an Incident"

    incident_id = fields.Many2one("alarm.incident", required=True, ondelete="cascade")
    subscriber_id = fields.Many2one(related="incident_id.subscriber_id")
    result = fields.Selection(
        [pair for pair in PASSCODE_RESULTS if pair[0] in SAID_BY_HAND],
        string="Without a Word",
        help="That it was right is said by hand only where no passcode is registered.",
    )
    note = fields.Char()

    def action_apply(self):
        for wizard in self:
            wizard.incident_id.action_passcode(wizard.result or "", wizard.note or "")
        return {"type": "ir.actions.act_window_close"}

    def _window_name(self):
        return self.env._("Passcode")

    def _verify(self, word):
        return self.incident_id.action_verify_passcode(word, self.contact_id.id)
