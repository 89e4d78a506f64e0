from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    alarm_life_months = fields.Integer(
        string="Useful Life in Months",
        help="Over how long it is depreciated where it is leased. Empty: as the company's "
        "settings say.",
    )

    _alarm_life_positive = models.Constraint(
        "CHECK(alarm_life_months IS NULL OR alarm_life_months >= 0)",
        "A useful life cannot end before it begins.",
    )
