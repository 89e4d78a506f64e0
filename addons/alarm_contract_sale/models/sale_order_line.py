from odoo import api, fields, models

# What of a fee the contract takes over as long as it has not begun.
_FOLLOWED = {"product_uom_qty": "quantity", "price_unit": "specific_price", "discount": "discount"}


class SaleOrderLine(models.Model):
    """A fee that is added to an order after its confirmation is an add-on of the contract."""

    _inherit = "sale.order.line"

    contract_line_ids = fields.One2many(
        "contract.line", "sale_line_id", string="Contract Lines", readonly=True, copy=False
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._add_to_contract()
        return lines

    def write(self, vals):
        res = super().write(vals)
        if not _FOLLOWED.keys().isdisjoint(vals):
            self._change_in_contract()
            self._add_to_contract()
        return res

    def _add_to_contract(self):
        fees = self.filtered(
            lambda line: line.state == "sale" and line.alarm_recurrence and not line.display_type
        )
        orders = fees.order_id
        orders.filtered("contract_id")._add_fees()
        orders.filtered(lambda order: not order.contract_id)._make_contracts()

    def _change_in_contract(self):
        """A fee that waits follows the order; one that runs is changed in the contract, by the
        clerk, who is told."""
        for line in self.sudo():
            fee = line._get_contract_line()
            values = {
                theirs: line[ours]
                for ours, theirs in _FOLLOWED.items()
                if line[ours] != fee[theirs]
            }
            if not fee or not values:
                continue
            if fee.waiting and line.product_uom_qty > 0:
                fee.write(values)
            elif fee.waiting:
                fee.write({"is_canceled": True})
            else:
                line._ask_clerk_to_change(fee)

    def _ask_clerk_to_change(self, fee):
        contract = fee.contract_id
        contract.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("%s was changed", self.order_id.name),
            note=self.env._(
                "%(fee)s runs already: what the order says now (%(quantity)g × %(price)s) is to be "
                "agreed as a change of the contract.",
                fee=fee.name,
                quantity=self.product_uom_qty,
                price=self.currency_id.format(self.price_unit),
            ),
            user_id=contract.user_id.id or self.env.uid,
        )
