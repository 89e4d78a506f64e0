from odoo import fields, models

from ..tools.recurrence import RECURRENCES


class ProductTemplate(models.Model):
    """What a product is in a quotation of the centre."""

    _inherit = "product.template"

    alarm_recurrence = fields.Selection(
        RECURRENCES,
        string="Fee Comes Back",
        help="A fee of the service: its price is for one such period. It is charged by the "
        "contract, never by the order. Empty: sold once.",
    )
    alarm_lease_fee_id = fields.Many2one(
        "product.product",
        string="Fee When Leased",
        domain="[('alarm_recurrence', '!=', False)]",
        ondelete="restrict",
        index="btree_not_null",
        help="What the customer pays for one piece while it stays ours. Taken into the survey "
        "where the piece is leased.",
    )
    alarm_monitoring_fee = fields.Boolean(
        string="Proposed in Surveys",
        help="Every new survey proposes this fee, e.g. the monitoring of an ordinary subscriber.",
    )
