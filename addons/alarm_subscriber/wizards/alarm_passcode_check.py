from odoo import fields, models


class AlarmPasscodeCheck(models.TransientModel):
    """Checks the word of whoever calls about a subscriber."""

    _name = "alarm.passcode.check"
    _inherit = "alarm.passcode.ask"
    _description = "Check of a Passcode"

    subscriber_id = fields.Many2one(
        "alarm.subscriber", required=True, readonly=True, ondelete="cascade"
    )
    contact_id = fields.Many2one(string="Caller")
