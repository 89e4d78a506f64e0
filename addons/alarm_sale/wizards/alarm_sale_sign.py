from odoo import fields, models
from odoo.exceptions import UserError


class AlarmSaleSign(models.TransientModel):
    """The customer signs on the salesperson's tablet instead of on the portal."""

    _name = "alarm.sale.sign"
    _inherit = ["alarm.sale.bound"]
    _description = "Signature on the Tablet"
    _bound_fields = ("order_id",)

    order_id = fields.Many2one("sale.order", required=True, ondelete="cascade")
    partner_id = fields.Many2one(related="order_id.partner_id")
    amount_total = fields.Monetary(related="order_id.amount_total")
    monthly_revenue = fields.Monetary(related="order_id.monthly_revenue")
    currency_id = fields.Many2one(related="order_id.currency_id")
    signed_by = fields.Char(
        "Signed by",
        required=True,
        compute="_compute_signed_by",
        store=True,
        readonly=False,
        precompute=True,
    )
    signature = fields.Image(max_width=1024, max_height=1024)

    def _compute_signed_by(self):
        for wizard in self:
            wizard.signed_by = wizard.signed_by or wizard.order_id.partner_id.name

    def action_sign(self):
        """As the portal does it: keep the signature, then confirm."""
        self.ensure_one()
        order = self.order_id
        order.check_access("write")
        if not self.signature:
            raise UserError(self.env._("Nobody has signed yet."))
        if not order._has_to_be_signed():
            raise UserError(
                self.env._("%s is not waiting for a signature of the customer.", order.name)
            )
        order.write(
            {
                "signed_by": self.signed_by,
                "signed_on": fields.Datetime.now(),
                "signature": self.signature,
            }
        )
        order._validate_order()
        order._keep_signed_plan()
        return {"type": "ir.actions.act_window_close"}
