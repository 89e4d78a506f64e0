from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged

from .common import AutopayCase


@tagged("post_install", "-at_install")
class TestAutopayPortal(AutopayCase, HttpCase):
    """The payer switches automatic payment on and off himself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.make_person("t-payer", cls.customer)
        cls.colleague_of = cls.make_person("t-colleague-of", cls.customer)
        cls.stranger = cls.make_person("t-stranger", cls.env["res.partner"].create({"name": "S"}))
        cls.mine = cls._create_token(cls, partner_id=cls.person.partner_id.id)
        cls.theirs = cls._create_token(
            cls, partner_id=cls.stranger.partner_id.id, payment_details="9999"
        )

    @classmethod
    def make_person(cls, login, company):
        user = new_test_user(cls.env, login, "base.group_portal", lang="en_US")
        user.partner_id.parent_id = company
        return user

    def post(self, login, contract=None, **values):
        self.authenticate(login, login)
        return self.url_open(
            f"/my/contracts/{(contract or self.contract).id}/autopay",
            data={"csrf_token": Request.csrf_token(self), **values},
        )

    def test_on_and_off(self):
        page = self.post("t-payer", token_id=self.mine.id)
        self.assertEqual(page.status_code, 200)
        self.assertTrue(self.contract.autopay)
        self.assertEqual(self.contract.autopay_token_id, self.mine)
        self.assertIn("on the portal", self.contract.autopay_consent)
        self.assertIn("Invoices are collected when they are due", page.text)
        self.post("t-payer")
        self.assertFalse(self.contract.autopay)

    def test_nobody_uses_what_is_not_his(self):
        page = self.post("t-payer", token_id=self.theirs.id)
        self.assertFalse(self.contract.autopay)
        self.assertIn("cannot pay this contract", page.text)
        self.post("t-colleague-of", token_id=self.mine.id)
        self.assertFalse(self.contract.autopay)
        self.post("t-stranger", token_id=self.theirs.id)
        self.assertFalse(self.contract.autopay)
        self.post("t-payer", token_id="x")
        self.assertFalse(self.contract.autopay)

    def test_who_does_not_pay_switches_nothing(self):
        carrier = self.env["res.partner"].create({"name": "Red Carrier"})
        self.contract.invoice_partner_id = carrier
        page = self.post("t-payer", token_id=self.mine.id)
        self.assertFalse(self.contract.autopay)
        self.authenticate("t-payer", "t-payer")
        page = self.url_open(f"/my/contracts/{self.contract.id}")
        self.assertNotIn("Automatic Payment", page.text)

    def test_a_link_that_was_passed_on_shows_and_switches_nothing(self):
        token = self.contract._portal_ensure_token()
        page = self.url_open(f"/my/contracts/{self.contract.id}?access_token={token}")
        self.assertNotIn("Automatic Payment", page.text)
        self.url_open(
            f"/my/contracts/{self.contract.id}/autopay?access_token={token}",
            data={"token_id": self.mine.id},
        )
        self.assertFalse(self.contract.autopay)
