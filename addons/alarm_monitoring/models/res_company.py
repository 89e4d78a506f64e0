from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    alarm_test_hours = fields.Integer(
        string="Longest Test by a Dispatcher", default=8, required=True, help="In hours."
    )
    alarm_test_hours_supervisor = fields.Integer(
        string="Longest Test by a Supervisor", default=72, required=True, help="In hours."
    )

    alarm_test_quiet_hours = fields.Integer(
        string="Test Forgotten without Signals",
        default=8,
        required=True,
        help="In hours: a test of which nothing was received for so long counts as forgotten. "
        "0: never.",
    )
    alarm_test_total_hours = fields.Integer(
        string="Test Forgotten after",
        default=72,
        required=True,
        help="In hours: a test that lasts longer, extensions included, counts as forgotten. "
        "0: never.",
    )
    alarm_test_passcode = fields.Boolean(
        string="Tests Need the Passcode",
        default=True,
        help="Whoever asks for a test says the passcode; without it a supervisor may allow the "
        "test and says why.",
    )
    alarm_closed_outside = fields.Selection(
        [("list", "Listed"), ("incident", "Made an Incident")],
        string="Closings outside the Schedule Are",
        default="list",
        required=True,
    )

    _alarm_test_forgotten_positive = models.Constraint(
        "CHECK(alarm_test_quiet_hours >= 0 AND alarm_test_total_hours >= 0)",
        "After how long a test counts as forgotten is zero or more hours.",
    )
    _alarm_test_hours_positive = models.Constraint(
        "CHECK(alarm_test_hours > 0 AND alarm_test_hours_supervisor >= alarm_test_hours)",
        "A dispatcher's longest test takes an hour or more, a supervisor's is not shorter.",
    )
