from odoo import fields, models


class ContractLine(models.Model):
    _inherit = "contract.line"

    sale_line_id = fields.Many2one(
        "sale.order.line",
        string="Sold As",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        copy=False,
        help="The line of the order that this fee was agreed with.",
    )
