import base64
import io

from PIL import Image

from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from .common import SaleCase


def signature():
    file = io.BytesIO()
    Image.new("RGB", (120, 40), "black").save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


@tagged("post_install", "-at_install")
class TestPortal(SaleCase, HttpCase):
    """The customer reads the plan on the portal and signs there, or on the tablet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.quote(cls.make_survey())
        cls.order.sudo().write({"require_signature": True, "require_payment": False})
        cls.order.action_quotation_sent()
        cls.token = cls.order.sudo()._portal_ensure_token()

    def page(self, suffix="", token=None):
        return self.url_open(
            f"/my/orders/{self.order.id}{suffix}?access_token={token or self.token}"
        )

    def accept(self, **values):
        return self.url_open(
            f"/my/orders/{self.order.id}/accept",
            json={
                "params": {
                    "access_token": self.token,
                    "name": "Ada Gold",
                    "signature": signature(),
                }
                | values
            },
        ).json()

    def test_the_page_shows_the_fees_and_leads_to_the_plan(self):
        page = self.page().text
        self.assertIn("/protection-plan", page)
        self.assertIn("Fees, charged by the service contract", page)
        self.assertNotIn("Cost to create", page)

    def test_the_plan_is_a_document(self):
        answer = self.page("/protection-plan")
        self.assertEqual(answer.status_code, 200)
        self.assertIn("application/pdf", answer.headers["Content-Type"])

    def test_nobody_reads_it_without_the_token(self):
        answer = self.page("/protection-plan", token="wrong")
        self.assertNotIn("application/pdf", answer.headers["Content-Type"])

    def test_signing_confirms_and_makes_everything(self):
        answer = self.accept()
        self.assertTrue(answer["result"]["force_refresh"], answer)
        order = self.order.sudo()
        order.invalidate_recordset()
        self.assertEqual((order.state, order.signed_by), ("sale", "Ada Gold"))
        self.assertTrue(order.signature)
        self.assertEqual(order.subscriber_id.state, "draft")
        self.assertEqual(len(order.subscriber_id.zone_ids), 3)
        self.assertEqual(order.work_order_ids.kind, "installation")
        self.assertEqual(order.picking_ids.work_order_id, order.work_order_ids)

    def test_the_plan_is_kept_as_it_was_signed(self):
        self.accept()
        names = (
            self.env["ir.attachment"]
            .search([("res_model", "=", "sale.order"), ("res_id", "=", self.order.id)])
            .mapped("name")
        )
        self.assertIn(f"Protection Plan {self.order.name}.pdf", names)

    def test_a_second_signature_changes_nothing(self):
        self.accept()
        answer = self.accept(name="Somebody Else")
        self.assertIn("error", answer["result"])
        self.order.invalidate_recordset()
        self.assertEqual(self.order.signed_by, "Ada Gold")
        self.assertEqual(len(self.order.sudo().work_order_ids), 1)

    def test_who_sold_it_neither_deletes_nor_changes_the_signed_plan(self):
        self.accept()
        plan = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "sale.order"),
                ("res_id", "=", self.order.id),
                ("name", "like", "Protection Plan"),
            ]
        )
        self.assertEqual(len(plan), 1)
        for change in (
            lambda: plan.with_user(self.seller).unlink(),
            lambda: plan.with_user(self.seller).write({"raw": b"other"}),
        ):
            with self.assertRaisesRegex(UserError, "as it was signed"), self.cr.savepoint():
                change()
        self.assertTrue(plan.exists())

    def test_the_tablet_takes_the_same_signature(self):
        wizard = (
            self.env["alarm.sale.sign"]
            .with_user(self.seller)
            .create({"order_id": self.order.id, "signature": signature()})
        )
        self.assertEqual(wizard.signed_by, "Ada Gold")
        wizard.action_sign()
        self.assertEqual((self.order.state, self.order.signed_by), ("sale", "Ada Gold"))
        self.assertTrue(self.order.sudo().subscriber_id)

    def test_the_tablet_signs_once_and_not_without_a_signature(self):
        Wizard = self.env["alarm.sale.sign"].with_user(self.seller)
        with self.assertRaisesRegex(Exception, "Nobody has signed"):
            Wizard.create({"order_id": self.order.id}).action_sign()
        self.order.action_confirm()
        with self.assertRaisesRegex(Exception, "not waiting"):
            Wizard.create({"order_id": self.order.id, "signature": signature()}).action_sign()
