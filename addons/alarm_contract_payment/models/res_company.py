from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    alarm_autopay_notice_days = fields.Integer(
        string="Days before Automatic Payment",
        default=3,
        help="The payer knows so many days before that his invoice is collected: it is collected "
        "when it is due, but never earlier than this after it was posted.",
    )

    _alarm_autopay_notice_days_positive = models.Constraint(
        "CHECK(alarm_autopay_notice_days BETWEEN 0 AND 60)",
        "Automatic payment is announced at most 60 days before.",
    )
