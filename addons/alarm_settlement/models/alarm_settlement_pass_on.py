from odoo import models

_PAID = ("paid", "in_payment")


class AlarmSettlement(models.Model):
    """The calculation of income that was collected for somebody else: each invoice to a lessee is
    passed on once, when it is invoiced or paid as agreed; what was credited after that is taken
    back once."""

    _inherit = "alarm.settlement"

    def _prepare_pass_on_lines(self):
        values = []
        for lease, charges in self._get_passed_charges().items():
            amounts = [
                (charge, charge.amount if sign > 0 else -charge.amount) for sign, charge in charges
            ]
            for charge, amount in amounts:
                values.append(
                    {
                        "kind": "collected",
                        "name": f"{charge.move_id.name} · {lease.partner_id.display_name} · "
                        f"{charge.display_name}",
                        "charge_id": charge.id,
                        "amount": self._in_company_currency(charge, amount),
                    }
                )
            if lease.fee_rate:
                base = self._total(
                    self._in_company_currency(charge, amount) for charge, amount in amounts
                )
                values.append(
                    {
                        "kind": "fee",
                        "name": self.env._(
                            "Our fee of %(rate)s %%: %(lease)s",
                            rate=f"{lease.fee_rate:g}",
                            lease=lease.name,
                        ),
                        "base": base,
                        "rate": lease.fee_rate,
                        "amount": -self.currency_id.round(base * lease.fee_rate / 100),
                    }
                )
        return values

    def _get_passed_charges(self):
        """{lease: [(1 or -1, charge)]} of what is to pass on, or to take back, by now."""
        charges = self.env["alarm.charge"].search(
            [
                ("contract_id", "=", self.contract_id.id),
                ("kind", "=", "capacity"),
                ("state", "in", ("charged", "credited")),
                # What comes after the last period has no other one.
                *([] if self._is_last() else [("move_id.invoice_date", "<=", self.date_end)]),
            ],
            order="capacity_lease_id, id",
        )
        passed, returned = self._get_passed_before(charges)
        found = {}
        for charge in charges:
            lease = charge.capacity_lease_id
            collected = lease.pass_on_when == "invoiced" or charge.move_id.payment_state in _PAID
            # An invoice that was reset, or takes the place of another one, is none yet.
            collected = collected and charge.move_id.state == "posted"
            if charge.state == "charged" and collected and charge not in passed:
                found.setdefault(lease, []).append((1, charge))
            elif charge.state == "credited" and charge in passed and charge not in returned:
                found.setdefault(lease, []).append((-1, charge))
        return found

    def _get_passed_before(self, charges):
        """Of these, what other statements have passed on, and taken back."""
        lines = self.env["alarm.settlement.line"].search(
            [
                ("charge_id", "in", charges.ids),
                ("kind", "=", "collected"),
                ("settlement_id", "!=", self.id),
            ]
        )
        positive = lines.filtered(lambda line: line.amount >= 0)
        return positive.charge_id, (lines - positive).charge_id

    def _in_company_currency(self, charge, amount):
        if charge.currency_id == self.currency_id:
            return amount
        return charge.currency_id._convert(
            amount, self.currency_id, self.company_id, charge.move_id.invoice_date
        )
