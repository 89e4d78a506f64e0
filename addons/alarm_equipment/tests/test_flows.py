from odoo import Command, fields
from odoo.tests import tagged

from .common import EquipmentCase, make_picking, receive, validate


@tagged("post_install", "-at_install")
class TestFlows(EquipmentCase):
    """Sold, leased and returned: what the books and the serial number's trace say."""

    def places(self, serial):
        """Where the serial number went, by its done moves."""
        lines = self.env["stock.move.line"].search(
            [("lot_id", "=", self.lot(serial).id), ("state", "=", "done")], order="id"
        )
        return [line.location_dest_id for line in lines]

    def quantity(self, location, product=None):
        return sum(
            self.env["stock.quant"]
            .search(
                [
                    ("location_id", "child_of", location.id),
                    ("product_id", "=", (product or self.detector).id),
                ]
            )
            .mapped("quantity")
        )

    def invoice(self, move_type, quantity):
        invoice = self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": self.customer.id,
                "invoice_date": fields.Date.context_today(self.env.user),
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.detector.id,
                            "quantity": quantity,
                            "price_unit": 180,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        invoice.action_post()
        return invoice

    def test_what_was_sold_is_cost_of_sale(self):
        value = self.detector.total_value
        picking = self.deliver(["DET-1", "DET-2"], cable=10)
        moves = {move.product_id: move for move in picking.move_ids}
        self.assertEqual(moves[self.detector].value, 200)
        self.assertEqual(moves[self.cable].value, 20)
        self.assertTrue(moves[self.detector].is_out)
        self.assertEqual(value - self.detector.total_value, 200)
        # It left the company: nothing goes to the fixed assets; the invoice takes the cost.
        self.assertFalse(picking.move_ids.account_move_id)
        self.invoice("out_invoice", 2)
        self.assertEqual(self.balance("Cost of Sale"), 200)
        self.assertEqual(self.balance("Stock"), -200)
        self.assertEqual(self.balance("Sales"), -360)
        self.assertEqual(self.balance("Leased Equipment"), 0)

    def test_what_was_sold_and_comes_back_is_worth_what_it_was(self):
        picking = self.deliver(["DET-1", "DET-2"])
        self.invoice("out_invoice", 2)
        # A dearer purchase in between does not change what that one cost.
        self.detector.standard_price = 140
        value = self.detector.total_value
        back = self.take_back(picking, ["DET-2"])
        self.assertEqual(back.move_ids.value, 100)
        self.assertEqual(self.detector.total_value - value, 100)
        self.assertEqual(self.quantity(self.location()), 1)
        self.assertEqual(self.lot("DET-2").location_id, self.stock)
        self.assertEqual(self.balance("Leased Equipment"), 0)

    def test_what_is_leased_becomes_a_fixed_asset(self):
        value = self.detector.total_value
        picking = self.deliver(["DET-1", "DET-2"], "leased")
        self.assertEqual(value - self.detector.total_value, 200)
        entry = picking.move_ids.account_move_id
        self.assertEqual(entry.state, "posted")
        self.assertEqual(
            {line.account_id: line.balance for line in entry.line_ids},
            {self.accounts["Leased Equipment"]: 200, self.accounts["Stock"]: -200},
        )
        self.assertEqual(self.balance("Cost of Sale"), 0)

    def test_what_is_leased_and_comes_back_is_stock_again(self):
        picking = self.deliver(["DET-1", "DET-2"], "leased")
        back = self.take_back(picking, ["DET-2"])
        self.assertEqual(
            {line.account_id: line.balance for line in back.move_ids.account_move_id.line_ids},
            {self.accounts["Leased Equipment"]: -100, self.accounts["Stock"]: 100},
        )
        self.assertEqual(self.balance("Leased Equipment"), 100)
        self.assertEqual(self.balance("Stock"), -100)
        self.assertEqual(self.quantity(self.location("leased")), 1)

    def test_a_chosen_account_stays_that_of_premises_which_have_equipment(self):
        picking = self.deliver(["DET-1"], "leased")
        self.company.leased_equipment_account_id = self.env["account.account"].create(
            {"name": "Other Fixed Assets", "code": "T99", "account_type": "asset_fixed"}
        )
        self.take_back(picking, ["DET-1"])
        self.assertEqual(self.balance("Leased Equipment"), 0)

    def test_a_serial_number_is_traced_from_the_vendor_over_two_premises(self):
        other = self.env["alarm.subscriber"].create(
            {"name": "Test Other", "partner_id": self.customer.id}
        )
        first = self.deliver(["DET-1"], "leased")
        self.take_back(first, ["DET-1"])
        self.deliver(["DET-1"], "sold", other)
        self.assertEqual(
            self.places("DET-1"),
            [self.stock, self.location("leased"), self.stock, self.location("sold", other)],
        )
        self.assertEqual(self.lot("DET-1").location_id, self.location("sold", other))
        card = self.card("DET-1")
        self.assertEqual((card.subscriber_id, card.ownership), (other, "sold"))
        self.assertEqual(card.owner_id, self.customer)

    def test_a_returned_piece_serves_nothing_any_more(self):
        picking = self.deliver(["DET-1"])
        card = self.card("DET-1")
        card.write({"zone_ids": self.zone.ids, "panel_id": self.panel.id})
        self.take_back(picking, ["DET-1"])
        self.assertEqual(card.state, "in_stock")
        self.assertEqual(card.location_id, self.stock)
        self.assertFalse(card.subscriber_id or card.zone_ids or card.panel_id or card.ownership)
        self.assertEqual(card.owner_id, self.company.partner_id)
        self.assertEqual(card.removed_on, fields.Date.context_today(card))
        self.assertFalse(self.subscriber.device_ids)

    def test_a_lease_that_ends_in_a_purchase_changes_the_owner_only(self):
        self.deliver(["DET-1"], "leased")
        card = self.card("DET-1")
        card.zone_ids = self.zone
        bought = make_picking(
            self,
            self.warehouse.int_type_id,
            self.location("leased"),
            self.location("sold"),
            {self.detector: 1},
        )
        bought.move_ids.lot_ids = self.lot("DET-1")
        validate(bought)
        self.assertEqual((card.ownership, card.owner_id), ("sold", self.customer))
        self.assertEqual(card.zone_ids, self.zone)
        self.assertFalse(card.removed_on)

    def test_scrap_and_return_to_the_vendor_are_told_apart(self):
        picking = self.deliver(["DET-1", "DET-2"])
        self.take_back(picking, ["DET-1", "DET-2"])
        self.env["stock.scrap"].create(
            {
                "product_id": self.detector.id,
                "lot_id": self.lot("DET-1").id,
                "location_id": self.stock.id,
            }
        ).action_validate()
        self.assertEqual(self.card("DET-1").state, "scrapped")
        out = make_picking(
            self,
            self.warehouse.out_type_id,
            self.stock,
            self.env.ref("stock.stock_location_suppliers"),
            {self.detector: 1},
        )
        out.move_ids.lot_ids = self.lot("DET-2")
        validate(out)
        self.assertEqual(self.card("DET-2").state, "in_repair")

    def test_a_wrong_serial_number_that_is_corrected_changes_the_cards(self):
        picking = self.deliver(["DET-1"], "leased")
        self.card("DET-1").zone_ids = self.zone
        picking.move_line_ids.with_user(self.storekeeper).lot_id = self.lot("DET-2")
        wrong, right = self.card("DET-1"), self.card("DET-2")
        self.assertEqual((right.subscriber_id, right.state), (self.subscriber, "at_site"))
        self.assertEqual((wrong.state, wrong.location_id), ("in_stock", self.stock))
        self.assertFalse(wrong.subscriber_id or wrong.zone_ids)

    def test_many_pieces_take_the_same_number_of_queries(self):
        """Cards follow by the set: twenty serial numbers cost what two cost."""
        counts = {}
        for number in (2, 20):
            serials = [f"SET-{number}-{index}" for index in range(number)]
            receive(self, self.detector, serials)
            lines = self.deliver(serials).move_line_ids
            self.env["alarm.device"].search([("lot_id", "in", lines.lot_id.ids)]).write(
                {"lot_id": False, "location_id": False, "subscriber_id": False}
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["alarm.device"]._follow_stock(lines)
            self.env.flush_all()
            counts[number] = self.env.cr.sql_log_count - before
        self.assertLessEqual(counts[20], counts[2] + 2)
