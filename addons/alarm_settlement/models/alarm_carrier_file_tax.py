from odoo import api, fields, models
from odoo.exceptions import UserError


class AlarmCarrierFile(models.Model):
    """Whether the amounts of a file are before or with tax. Charges are before tax: of a file with
    tax they are compared with theirs, and what is added to come to the carrier's amount is what
    comes to it with its tax."""

    _inherit = "alarm.carrier.file"

    amount_basis = fields.Selection(
        [("net", "Before Tax"), ("gross", "With Tax")],
        string="Amounts Are",
        required=True,
        default="net",
        help="What the amounts in the file are. With tax, our fees are compared with theirs.",
    )

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """As the carrier sent them the last time."""
        last = self.search(
            [("partner_id", "=", self.partner_id.id), ("company_id", "=", self.company_id.id)],
            limit=1,
        )
        if last:
            self.amount_basis = last.amount_basis

    def write(self, vals):
        if "amount_basis" not in vals:
            return super().write(vals)
        changed = self.filtered(lambda file: file.amount_basis != vals["amount_basis"])
        if any(file.state == "invoiced" for file in changed):
            raise UserError(self.env._("What was invoiced stays as it was read."))
        result = super().write(vals)
        for file in changed.filtered(lambda file: file.state == "compared"):
            # What was decided was decided of other amounts.
            file._by_verb().line_ids.write({"decision": False, "decided_by_id": False})
            file._compare()
        return result

    def _get_amounts(self, charges):
        """{charge: its amount as the file would say it}"""
        self.ensure_one()
        if self.amount_basis == "net":
            return {charge: charge.amount for charge in charges}
        found, taxes = {}, {}
        for charge in charges:
            contract = charge.contract_id
            product = charge.product_id or charge.contract_line_id.product_id
            key = (contract.fiscal_position_id, contract.invoice_partner_id, product)
            if key not in taxes:
                taxes[key] = self._get_taxes(contract, product)
            found[charge] = self._add_tax(taxes[key], charge.amount)
        return found

    def _get_taxes(self, contract, product):
        """The taxes that the invoice to the carrier has for a service; none where the file is
        before tax."""
        self.ensure_one()
        if self.amount_basis == "net":
            return self.env["account.tax"]
        position = self.env["account.fiscal.position"]
        if contract.invoice_partner_id == self.partner_id:
            position = contract.fiscal_position_id
        if not position:
            position = position.with_company(self.company_id)._get_fiscal_position(self.partner_id)
        accounts = product.product_tmpl_id.with_company(self.company_id).get_product_accounts()
        account = accounts["income"] if product else contract.journal_id.default_account_id
        taxes = product.taxes_id._filter_taxes_by_company(self.company_id) or account.tax_ids
        return position.map_tax(taxes)

    def _add_tax(self, taxes, amount):
        if not taxes:
            return amount
        return self.currency_id.round(taxes.compute_all(amount, self.currency_id)["total_included"])

    def _take_tax(self, taxes, amount):
        """What comes to this amount with its taxes. Where rounding leaves none, the nearest."""
        if not taxes:
            return amount
        currency = self.currency_id
        net = taxes.with_context(force_price_include=True).compute_all(amount, currency)
        net = currency.round(net["total_excluded"])
        # The amount itself where the tax is included in prices.
        near = (net, amount, net - currency.rounding, net + currency.rounding)
        return currency.round(
            min(near, key=lambda one: currency.round(abs(self._add_tax(taxes, one) - amount)))
        )
