from odoo import fields, models

from .contract_line import REVENUE_CLASSES


class ProductTemplate(models.Model):
    _inherit = "product.template"

    alarm_revenue_class = fields.Selection(
        REVENUE_CLASSES,
        string="Recurring Revenue",
        help="Which kind of recurring revenue a fee of this product is. Empty: none.",
    )
