from odoo import models
from odoo.exceptions import UserError
from odoo.tools import float_compare


class AlarmCharge(models.Model):
    """An invoice that somebody reset to draft, or that takes the place of another one, may say
    another price than its charges. When it is posted they follow it: so shares, deductions and what
    is given back are reckoned from what the customer owes. What was agreed elsewhere to the cent is
    not edited on an invoice."""

    _inherit = "alarm.charge"

    def _follow_lines(self):
        edited = self.browse()
        for charge in self:
            values = charge._get_edited()
            if values:
                charge._check_may_be_edited(values)
                charge._write_by_line(values)
                edited |= charge
        edited._check_deposit_held()

    def _get_edited(self):
        """Quantity, price, discount and amount as the invoice line says them now; empty: it says
        what was charged."""
        self.ensure_one()
        line = self.move_line_id
        sign = -1 if line.move_id.move_type == "out_refund" else 1
        quantity, price = line.quantity * sign, line.price_unit
        said = {"quantity": quantity, "price_unit": price, "discount": line.discount}
        is_as_charged = line.currency_id == self.currency_id and not any(
            float_compare(said[name], value, precision_digits=self._get_digits(name))
            for name, value in self._get_pieces().items()
        )
        if is_as_charged:
            return {}
        if quantity < 0:
            quantity, price = -quantity, -price
        amount = self.currency_id.round(quantity * price * (1 - line.discount / 100))
        return {
            "quantity": quantity,
            "unit_price": price,
            "discount": line.discount,
            "amount": amount,
        }

    def _get_digits(self, name):
        """To how many digits an invoice line keeps a number."""
        digits = self.move_line_id._fields[name].get_digits(self.env)
        return digits[1] if digits else 6

    def _check_may_be_edited(self, values):
        name = self.display_name
        if self.move_line_id.currency_id != self.currency_id:
            raise UserError(
                self.env._(
                    "“%(charge)s” is charged in %(currency)s, and so is its invoice.",
                    charge=name,
                    currency=self.currency_id.name,
                )
            )
        if self.currency_id.is_zero(values["amount"] - self.amount):
            return
        fixed = self._get_fixed_by()
        if fixed:
            raise UserError(
                self.env._(
                    "“%(charge)s” is %(amount)s by %(fixed)s. Leave its line on the invoice as it "
                    "is: what is given back or asked for beyond that is a line of its own.",
                    charge=name,
                    amount=self.currency_id.format(self.amount),
                    fixed=fixed,
                )
            )
        given = -sum(
            self.credit_ids.filtered(lambda credit: credit.state == "charged").mapped("amount")
        )
        # Given back of a fee is less than nothing, as a credit's fee is.
        if given and abs(given) > abs(values["amount"]):
            raise UserError(
                self.env._(
                    "Of “%(charge)s” %(given)s was given back already: it cannot become "
                    "%(amount)s.",
                    charge=name,
                    given=self.currency_id.format(given),
                    amount=self.currency_id.format(values["amount"]),
                )
            )

    def _get_fixed_by(self):
        """The name of what this amount was agreed in, where an invoice may not say another one."""
        self.ensure_one()
        result = self.env["alarm.contract.indicator.result"].search(
            [("charge_id", "=", self.id)], limit=1
        )
        return result.display_name if result else ""

    def _repeat(self):
        """A deduction is made by the charge that takes the place of another one."""
        repeats = super()._repeat()
        results = (
            self.env["alarm.contract.indicator.result"]
            .sudo()
            .search([("charge_id", "in", self.ids)])
        )
        again = dict(zip(self.ids, repeats.ids, strict=True))
        for result in results:
            result.charge_id = again[result.charge_id.id]
        return repeats

    def _check_deposit_held(self):
        deposits = self.filtered(lambda charge: charge.kind in ("deposit", "deposit_refund"))
        for contract in deposits.contract_id:
            if contract.currency_id.compare_amounts(contract._get_deposit_held(), 0) < 0:
                raise UserError(
                    self.env._(
                        "More of the deposit of %s would be given back than is held.",
                        contract.display_name,
                    )
                )
