from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    alarm_secret_key_problem = fields.Text(
        string="Key File Problem", compute="_compute_alarm_secret_key_problem"
    )

    def _compute_alarm_secret_key_problem(self):
        self.alarm_secret_key_problem = self.env["alarm.secret"].get_key_state()
