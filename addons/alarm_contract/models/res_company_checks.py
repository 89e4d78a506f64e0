from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    billing_tolerance = fields.Integer(
        string="Tolerance of the Billing Check",
        default=3,
        required=True,
        help="So many days something may be monitored and not billed, or the other way round, "
        "before it counts.",
    )
    billing_checked_at = fields.Datetime(
        string="Billing Check Made",
        readonly=True,
        copy=False,
        help="When the check of what is monitored and what is billed last succeeded.",
    )

    _billing_tolerance_positive = models.Constraint(
        "CHECK(billing_tolerance BETWEEN 0 AND 60)",
        "The tolerance of the billing check is 0 to 60 days.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    billing_tolerance = fields.Integer(related="company_id.billing_tolerance", readonly=False)
