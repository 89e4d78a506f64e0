from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    alarm_secret_key_problem = fields.Text(
        string="Key File Problem", compute="_compute_alarm_secret_key_problem"
    )
    alarm_passcode_policy = fields.Selection(
        related="company_id.passcode_policy", readonly=False, required=True
    )
    alarm_passcode_tries = fields.Integer(related="company_id.passcode_tries", readonly=False)
    alarm_passcode_lock_minutes = fields.Integer(
        related="company_id.passcode_lock_minutes", readonly=False
    )

    def _compute_alarm_secret_key_problem(self):
        self.alarm_secret_key_problem = self.env["alarm.secret"].get_key_state()
