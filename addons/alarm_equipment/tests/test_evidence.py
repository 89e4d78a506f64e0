from odoo.tests import tagged

from .common import EquipmentCase


@tagged("post_install", "-at_install")
class TestEvidence(EquipmentCase):
    """Equipment is part of what is monitored: its history tells."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.activate(cls.subscriber)

    def told(self, change):
        """``(operation, field)`` of what a change of equipment adds to the history."""
        self.env.flush_all()
        domain = [("subscriber_key", "=", self.subscriber.id), ("model", "=", "alarm.device")]
        before = self.env["alarm.revision"].search(domain)
        change()
        self.env.flush_all()
        return [
            (row.operation, row.field_name or "")
            for row in (self.env["alarm.revision"].search(domain) - before).sorted("id")
        ]

    def test_a_delivery_and_a_return_are_told_with_who_did_it(self):
        pickings = []
        self.assertEqual(
            self.told(lambda: pickings.append(self.deliver(["DET-1"]))), [("create", "")]
        )
        row = self.env["alarm.revision"].search([("model", "=", "alarm.device")], limit=1)
        self.assertEqual(row.user_name, self.storekeeper.name)
        self.assertIn("DET-1", row.new_text)
        told = self.told(lambda: self.take_back(pickings[0], ["DET-1"]))
        self.assertIn(("write", "subscriber_id"), told)

    def test_which_zone_it_serves_is_told(self):
        self.deliver(["DET-1"])
        card = self.card("DET-1")
        self.assertEqual(
            self.told(lambda: card.write({"zone_ids": self.zone.ids})), [("write", "zone_ids")]
        )

    def test_the_approved_state_has_the_equipment(self):
        draft = self.env["alarm.subscriber"].create(
            {"name": "Test Draft", "partner_id": self.customer.id}
        )
        self.env["alarm.panel"].create(self.panel_values(draft, account="0T02"))
        self.deliver(["DET-1"], subscriber=draft)
        self.activate(draft)
        rows = self.env["alarm.revision"].search(
            [("subscriber_key", "=", draft.id), ("model", "=", "alarm.device")]
        )
        self.assertEqual(rows.mapped("operation"), ["baseline"])

    def test_what_becomes_of_a_supplier_is_no_change_of_a_subscriber(self):
        self.deliver(["DET-1"])
        self.deliver(["DET-2"], "leased")
        revisions = self.env["alarm.revision"].search_count([])
        self.vendor.phone = "555 99"
        self.company.partner_id.street = "1 New Road"
        self.env.flush_all()
        self.assertEqual(self.env["alarm.revision"].search_count([]), revisions)
