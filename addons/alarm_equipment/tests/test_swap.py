from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import EquipmentCase


@tagged("post_install", "-at_install")
class TestSwap(EquipmentCase):
    """One piece takes the place of another, on the cards, in stock and in the books."""

    def installed(self, ownership):
        picking = self.deliver(["DET-1"], ownership)
        card = self.card("DET-1")
        card.write(
            {
                "name": "Hall, above the Door",
                "zone_ids": self.zone.ids,
                "panel_id": self.panel.id,
                "warranty_end": fields.Date.add(fields.Date.today(), months=5),
            }
        )
        return picking, card

    def check_swapped(self, old, new):
        self.assertEqual(new, self.card("DET-2"))
        self.assertEqual(new.name, "Hall, above the Door")
        self.assertEqual((new.zone_ids, new.panel_id), (self.zone, self.panel))
        self.assertEqual(new.warranty_end, old.warranty_end)
        self.assertEqual((new.subscriber_id, new.state), (self.subscriber, "at_site"))
        self.assertEqual((new.replaces_id, old.replaced_by_id), (old, new))
        self.assertFalse(old.subscriber_id or old.zone_ids or old.panel_id or old.ownership)
        self.assertEqual(self.subscriber.device_ids, new)

    def test_leased_swapped_before_the_stock_moves(self):
        picking, old = self.installed("leased")
        new = old._swap(self.lot("DET-2"))
        self.check_swapped(old, new)
        self.assertEqual((new.location_id, old.state), (self.stock, "elsewhere"))
        self.deliver(["DET-2"], "leased")
        self.take_back(picking, ["DET-1"])
        self.check_swapped(old, new)
        self.assertEqual(new.location_id, self.location("leased"))
        self.assertEqual((old.location_id, old.state), (self.stock, "in_stock"))
        self.assertEqual(new.supplier_id, self.vendor)
        # One piece for one of the same value: the books say what they said.
        self.assertEqual(self.balance("Leased Equipment"), 100)
        self.assertEqual(self.balance("Stock"), -100)

    def test_leased_swapped_after_the_new_one_was_delivered(self):
        picking, old = self.installed("leased")
        self.deliver(["DET-2"], "leased")
        self.assertEqual(self.balance("Leased Equipment"), 200)
        new = old._swap(self.lot("DET-2"))
        self.take_back(picking, ["DET-1"])
        self.check_swapped(old, new)
        self.assertEqual(self.balance("Leased Equipment"), 100)

    def test_sold_and_swapped_under_warranty_takes_one_piece_from_the_stock(self):
        value = self.detector.total_value
        picking, old = self.installed("sold")
        new = old._swap(self.lot("DET-2"))
        out = self.deliver(["DET-2"])
        back = self.take_back(picking, ["DET-1"])
        self.check_swapped(old, new)
        self.assertEqual((out.move_ids.value, back.move_ids.value), (100, 100))
        self.assertEqual(value - self.detector.total_value, 100)
        self.assertFalse((out + back).move_ids.account_move_id)
        self.assertEqual(self.balance("Leased Equipment"), 0)

    def test_a_swapped_piece_that_was_mended_serves_elsewhere(self):
        picking, old = self.installed("leased")
        old._swap(self.lot("DET-2"))
        self.take_back(picking, ["DET-1"])
        other = self.env["alarm.subscriber"].create(
            {"name": "Test Other", "partner_id": self.customer.id}
        )
        self.deliver(["DET-1"], "leased", other)
        self.assertEqual((old.subscriber_id, old.state), (other, "at_site"))
        self.assertFalse(old.replaced_by_id or old.removed_on)

    def test_only_what_stands_somewhere_is_replaced_and_by_something_free(self):
        picking, old = self.installed("leased")
        with self.assertRaisesRegex(UserError, "cannot replace itself"):
            old._swap(self.lot("DET-1"))
        other = self.env["alarm.subscriber"].create(
            {"name": "Test Other", "partner_id": self.customer.id}
        )
        self.deliver(["DET-3"], "leased", other)
        with self.assertRaisesRegex(UserError, "has to return to the stock first"):
            old._swap(self.lot("DET-3"))
        self.take_back(picking, ["DET-1"])
        with self.assertRaisesRegex(UserError, "nothing to replace"):
            old._swap(self.lot("DET-2"))
