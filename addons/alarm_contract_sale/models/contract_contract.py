from odoo import fields, models


class ContractContract(models.Model):
    """The orders that a contract was made of, and the later ones that extended it."""

    _inherit = "contract.contract"

    sale_order_ids = fields.One2many(
        "sale.order", "contract_id", string="Sales Orders", readonly=True, copy=False
    )
    # Also who sells to the customer sees that he is leaving; the cancellation is not for him.
    cancellation_notice = fields.Char(compute_sudo=True)
    sale_order_count = fields.Integer(compute="_compute_sale_order_count", compute_sudo=True)

    def _compute_sale_order_count(self):
        counts = dict(
            self.env["sale.order"]._read_group(
                [("contract_id", "in", self.ids)], ["contract_id"], ["__count"]
            )
        )
        for contract in self:
            contract.sale_order_count = counts.get(contract, 0)

    def _transition(self, verb, **values):
        result = super()._transition(verb, **values)
        if verb == "reactivate":
            # Sold and done while the service was suspended.
            self.sudo().contract_line_ids.sale_line_id.order_id._begin_fees()
        return result

    def action_view_sale_orders(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sale.action_orders")
        orders = self.sale_order_ids
        if len(orders) == 1:
            return action | {"views": [(False, "form")], "res_id": orders.id}
        return action | {"domain": [("contract_id", "=", self.id)], "context": {}}
