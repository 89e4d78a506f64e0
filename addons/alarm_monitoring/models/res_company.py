from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    alarm_test_hours = fields.Integer(
        string="Longest Test by a Dispatcher", default=8, required=True, help="In hours."
    )
    alarm_test_hours_supervisor = fields.Integer(
        string="Longest Test by a Supervisor", default=72, required=True, help="In hours."
    )

    _alarm_test_hours_positive = models.Constraint(
        "CHECK(alarm_test_hours > 0 AND alarm_test_hours_supervisor >= alarm_test_hours)",
        "A dispatcher's longest test takes an hour or more, a supervisor's is not shorter.",
    )
