from odoo import models

_PAID = ("paid", "in_payment")


class AlarmSettlement(models.Model):
    """The calculation of income that was collected for somebody else: each invoice to a lessee is
    passed on once, when it is invoiced or paid as agreed, less what was credited of it; what is
    credited after that is taken back once."""

    _inherit = "alarm.settlement"

    def _prepare_pass_on_lines(self):
        values = []
        for lease, charges in self._get_passed_charges().items():
            for charge, amount, turn in charges:
                values.append(
                    {
                        "kind": "collected",
                        "name": f"{charge.move_id.name} · {lease.partner_id.display_name} · "
                        f"{charge.display_name}",
                        "charge_id": charge.id,
                        "turn": turn,
                        "amount": amount,
                    }
                )
            if lease.fee_rate:
                base = self._total(amount for _charge, amount, _turn in charges)
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
        """{lease: [(charge, amount, how often it was passed on before, and once more)]} of what is
        to pass on by now, or to take back: what is below zero."""
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
        before = self._get_passed_before(charges)
        found = {}
        for charge in charges:
            lease = charge.capacity_lease_id
            collected = lease.pass_on_when == "invoiced" or charge.move_id.payment_state in _PAID
            # An invoice that was reset, or takes the place of another one, is none yet.
            collected = collected and charge.move_id.state == "posted"
            if charge.state == "charged" and not collected:
                continue
            passed, turn = before.get(charge, (0.0, 0))
            amount = self._total([self._get_owed_of(charge), -passed])
            if amount:
                found.setdefault(lease, []).append((charge, amount, turn + 1))
        return found

    def _get_owed_of(self, charge):
        """What the owner gets of an invoice to a lessee: what is left of it after what credit notes
        gave back."""
        if charge.state == "credited":
            return 0.0
        return self._in_company_currency(charge, charge.amount - charge.given_back)

    def _get_passed_before(self, charges):
        """{charge: (what other statements have passed on of it less what they took back, the number
        of the last time)}"""
        groups = self.env["alarm.settlement.line"]._read_group(
            [
                ("charge_id", "in", charges.ids),
                ("kind", "=", "collected"),
                ("settlement_id", "!=", self.id),
            ],
            ["charge_id"],
            ["amount:sum", "turn:max"],
        )
        return {charge: (passed, turn) for charge, passed, turn in groups}

    def _in_company_currency(self, charge, amount):
        if charge.currency_id == self.currency_id:
            return amount
        return charge.currency_id._convert(
            amount, self.currency_id, self.company_id, charge.move_id.invoice_date
        )
