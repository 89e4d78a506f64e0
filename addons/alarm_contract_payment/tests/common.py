from contextlib import contextmanager
from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import ValidationError

from odoo.addons.alarm_contract.tests.common import ContractCase
from odoo.addons.payment.tests.common import PaymentCommon

DAY = date(2026, 3, 1)
DUE = date(2026, 3, 11)
REQUEST = "odoo.addons.payment.models.payment_transaction.PaymentTransaction._send_payment_request"


class AutopayCase(ContractCase, PaymentCommon):
    """A contract of 100 a month, payable in ten days, and a provider that answers as a test says.
    Only what goes out to it is replaced."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "ada@example.com"
        cls.connect_provider()
        cls.term = cls.env["account.payment.term"].create(
            {
                "name": "Ten days",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 100, "nb_days": 10})
                ],
            }
        )
        cls.token = cls._create_token(cls, partner_id=cls.customer.id)
        cls.contract = cls.run_contract(start=DAY, payment_term_id=cls.term.id)

    @classmethod
    def connect_provider(cls):
        """A journal and an account for the money, as a provider's own module makes them."""
        journal = cls.env["account.journal"].search(
            [("company_id", "=", cls.company.id), ("type", "=", "bank")], limit=1
        )
        methods = cls.env.registry["account.payment.method"]
        known = cls.env["account.payment.method"]._get_payment_method_information()
        known = {**known, "none": {"mode": "electronic", "type": ("bank",)}}
        with patch.object(methods, "_get_payment_method_information", lambda self: known):
            cls.env["account.payment.method"].sudo().create(
                {"name": "Dummy", "code": "none", "payment_type": "inbound"}
            )
            cls.dummy_provider.journal_id = journal
        line = journal.inbound_payment_method_line_ids.filtered(
            lambda line: line.payment_provider_id == cls.dummy_provider
        )
        line.payment_account_id = cls.env["account.account"].create(
            {
                "name": "On its way",
                "code": "TPAY1",
                "account_type": "asset_current",
                "reconcile": True,
            }
        )

    def setUp(self):
        # Payments are booked as they are in reality.
        self.enable_post_process_patcher = False
        super().setUp()

    def switch_on(self, contract=None, token=None):
        (contract or self.contract)._switch_autopay_on(token or self.token, "Ada signed")

    def charge(self, contract=None, day=DAY):
        """The posted invoice of a day, and its collection."""
        with freeze_time(day):
            move = (contract or self.contract)._charge(day)
        return move, move.alarm_collection_ids

    def collect(self, day=DUE):
        with freeze_time(day):
            self.env["alarm.collection"]._collect_due()

    @contextmanager
    def answers(self, state="done", message="No money"):
        """A provider that answers so; yields what it was asked."""
        asked = []

        def answer(transaction):
            asked.append(transaction)
            if state == "done":
                transaction._set_done()
            elif state == "pending":
                transaction._set_pending()
            elif state == "error":
                raise ValidationError(message)
            elif state == "bug":
                raise TypeError(message)

        with patch(REQUEST, answer):
            yield asked
