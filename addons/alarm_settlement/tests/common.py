import base64
from datetime import date

from odoo import Command

from odoo.addons.alarm_contract.tests.common import ContractCase, make_service

# One pixel: a picture that somebody drew.
SIGNATURE = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABh6FO1AAAAABJRU5E"
    b"rkJggg=="
)


class SettlementCase(ContractCase):
    """A government, a carrier, and contracts under which income is shared."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.government = cls.env["res.partner"].create({"name": "Test Government", "lang": "en_US"})
        cls.carrier = cls.env["res.partner"].create({"name": "Test Carrier", "lang": "en_US"})
        cls.lessee = cls.env["res.partner"].create({"name": "Test Lessee"})
        cls.capacity = make_service(cls, "Capacity")

    @classmethod
    def share_contract(cls, *lines, tiers=((0, 10),), start=date(2026, 1, 1), **values):
        return cls.run_contract(
            *lines,
            start=start,
            **{
                "share_base": "turnover",
                "share_direction": "we_pay",
                "settlement_months": 3,
                "counterparty_id": cls.government.id,
                "tier_ids": [
                    Command.create({"from_amount": amount, "rate": rate}) for amount, rate in tiers
                ],
                **values,
            },
        )

    def charge_until(self, contracts, *days):
        for day in days:
            contracts._charge(day)

    def settle(self, contract, day):
        """The statements that are due on a day."""
        return self.env["alarm.settlement"]._prepare_due(contract, day).sorted("date_start")

    def lines(self, settlement):
        return [(line.kind, line.amount) for line in settlement.line_ids]

    def entry(self, move):
        """[(account, balance)] of a posted entry."""
        self.assertEqual(move.state, "posted")
        return sorted((line.account_id, line.balance) for line in move.line_ids)

    def check_entry(self, move, **balances):
        """Debits and credits by the type of account."""
        self.assertEqual(move.state, "posted")
        found = {}
        for line in move.line_ids:
            kind = line.account_id.account_type
            found[kind] = round(found.get(kind, 0) + line.balance, 2)
        self.assertEqual(found, balances)

    @classmethod
    def file(cls, text, start=date(2026, 1, 1), end=date(2026, 1, 31), **values):
        content = text.encode() if isinstance(text, str) else text
        return cls.env["alarm.carrier.file"].create(
            {
                "partner_id": cls.carrier.id,
                "date_start": start,
                "date_end": end,
                "file": base64.b64encode(content),
                "filename": "settlement.csv",
                **values,
            }
        )
