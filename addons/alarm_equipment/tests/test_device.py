from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import EquipmentCase


@tagged("post_install", "-at_install")
class TestDevice(EquipmentCase):
    """The card of a piece of equipment."""

    def test_a_delivery_makes_the_card(self):
        self.deliver(["DET-1"])
        card = self.card("DET-1")
        self.assertEqual(card.subscriber_id, self.subscriber)
        self.assertEqual(card.location_id, self.location())
        self.assertEqual((card.state, card.ownership, card.kind), ("at_site", "sold", "detector"))
        self.assertEqual(card.owner_id, self.customer)
        self.assertEqual(card.supplier_id, self.vendor)
        self.assertEqual(card.installed_on, fields.Date.context_today(card))
        self.assertEqual(card.display_name, "Test Detector DET-1")
