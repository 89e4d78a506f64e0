from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import SaleCase


@tagged("post_install", "-at_install")
class TestDelivery(SaleCase):
    """Every item is delivered exactly once, by the picking of the work order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.survey = cls.make_survey()
        cls.order = cls.quote(cls.survey)
        cls.stock_up(cls.order)
        cls.order.action_confirm()
        cls.work = cls.order.sudo().work_order_ids
        cls.subscriber = cls.order.sudo().subscriber_id

    def delivered(self):
        """(product, ownership) -> quantity of all moves to the site, of whatever document."""
        sums = {}
        moves = self.env["stock.move"].search(
            [
                ("location_dest_id.subscriber_id", "=", self.subscriber.id),
                ("state", "!=", "cancel"),
            ]
        )
        for move in moves:
            key = (move.product_id, move.location_dest_id.equipment_ownership)
            sums[key] = sums.get(key, 0) + move.product_uom_qty
        return sums

    def ordered(self):
        return {
            (self.unit, "sold"): 1,
            (self.contact, "sold"): 2,
            (self.motion, "sold"): 1,
            (self.camera, "leased"): 1,
        }

    def schedule(self):
        crew = self.env["alarm.crew"].create(
            {
                "name": "Crew",
                "member_ids": [Command.create({"name": "Tec", "user_id": self.env.uid})],
            }
        )
        self.work.write(
            {
                "crew_id": crew.id,
                "planned_start": "2030-01-01 08:00:00",
                "planned_end": "2030-01-01 12:00:00",
            }
        )
        self.work.action_schedule()

    def test_exactly_one_move_for_each_item(self):
        self.assertEqual(self.delivered(), self.ordered())
        goods = self.order.order_line.filtered(lambda line: line.product_id.type == "consu")
        for line in goods.sudo():
            self.assertEqual(len(line.move_ids), 1, line.product_id.name)

    def test_what_the_sale_takes_back_is_no_material(self):
        self.order.with_context(tracking_disable=True).write(
            {"order_line": [Command.create({"product_id": self.contact.id, "product_uom_qty": -5})]}
        )
        row = self.work.material_ids.filtered(lambda one: one.product_id == self.contact)
        self.assertEqual(row.quantity, 0)

    def test_what_the_planner_calls_off_is_told_and_delivered_once_by_a_new_order(self):
        self.assertFalse(self.order.work_order_lost)
        with self.assertRaisesRegex(UserError, "needs no new work order"):
            self.order.action_new_work_order()
        self.work.action_cancel("The shop is flooded")
        self.env.invalidate_all()
        self.assertTrue(self.order.work_order_lost)
        self.assertEqual(self.delivered(), {})
        activity = self.order.sudo().activity_ids
        self.assertEqual(activity.user_id, self.order.user_id)
        self.assertIn(self.work.name, activity.summary)
        self.order.action_new_work_order()
        self.env.invalidate_all()
        new = self.order.sudo().work_order_ids - self.work
        self.assertEqual((len(new), new.kind, new.state), (1, "installation", "draft"))
        self.assertFalse(self.order.work_order_lost)
        self.assertEqual(self.delivered(), self.ordered())
        moves = self.order.order_line.sudo().move_ids.filtered(lambda one: one.state != "cancel")
        self.assertEqual(moves.picking_id.work_order_id, new)

    def test_a_sale_that_is_cancelled_itself_tells_nobody(self):
        self.order._action_cancel()
        self.assertEqual(self.work.state, "cancelled")
        self.assertFalse(self.order.work_order_lost)
        self.assertFalse(self.order.sudo().activity_ids)

    def test_the_work_order_adds_no_second_delivery(self):
        pickings = self.order.sudo().picking_ids
        self.schedule()
        self.assertEqual(self.delivered(), self.ordered())
        self.assertEqual(self.work.sudo().picking_ids, pickings)
        self.assertEqual(
            self.env["stock.picking"].search(
                [("location_dest_id.subscriber_id", "=", self.subscriber.id)]
            ),
            pickings,
        )

    def test_what_is_sold_is_not_taken_from_the_vehicle_besides(self):
        self.work.material_from = "vehicle"
        with self.assertRaisesRegex(UserError, "warehouse"):
            self.schedule()

    def test_sold_and_leased_go_where_they_belong(self):
        pickings = self.order.sudo().picking_ids
        self.assertEqual(pickings.work_order_id, self.work)
        self.assertEqual(
            {picking.location_dest_id.equipment_ownership for picking in pickings},
            {"sold", "leased"},
        )

    def test_what_is_issued_is_delivered_for_the_sale_too(self):
        self.deliver(self.order)
        goods = self.order.order_line.filtered(lambda line: line.product_id.type == "consu")
        self.assertEqual(goods.mapped("qty_delivered"), goods.mapped("product_uom_qty"))
        self.assertEqual(self.order.sudo().delivery_status, "full")

    def test_a_serial_that_is_issued_is_a_device_of_the_subscriber(self):
        self.deliver(self.order)
        device = self.env["alarm.device"].search([("product_id", "=", self.unit.id)])
        self.assertEqual(device.subscriber_id, self.subscriber)
        self.assertEqual(device.ownership, "sold")

    def test_an_added_line_joins_the_same_delivery(self):
        before = self.order.sudo().picking_ids
        self.order.write(
            {"order_line": [Command.create({"product_id": self.motion.id, "product_uom_qty": 2})]}
        )
        self.assertEqual(self.order.sudo().picking_ids, before)
        self.assertEqual(self.delivered()[self.motion, "sold"], 3)
        row = self.work.material_ids.filtered(lambda row: row.product_id == self.motion)
        self.assertEqual(row.quantity, 3)

    def test_a_line_added_after_the_issue_is_one_more_delivery_of_the_same_order(self):
        self.deliver(self.order)
        before = self.order.sudo().picking_ids
        self.order.write(
            {"order_line": [Command.create({"product_id": self.motion.id, "product_uom_qty": 2})]}
        )
        added = self.order.sudo().picking_ids - before
        self.assertEqual(added.move_ids.mapped("product_uom_qty"), [2])
        self.assertEqual(added.work_order_id, self.work)
        self.assertEqual(self.delivered()[self.motion, "sold"], 3)

    def test_a_line_added_after_the_hand_over_is_an_extension(self):
        self.deliver(self.order)
        self.work._write_by_verb({"state": "done"})
        self.order.write(
            {"order_line": [Command.create({"product_id": self.motion.id, "product_uom_qty": 1})]}
        )
        added = self.order.sudo().work_order_ids - self.work
        self.assertEqual(added.kind, "extension")
        self.assertEqual(added.sudo().picking_ids.move_ids.product_id, self.motion)
        self.assertEqual(added.sudo().material_ids.product_id, self.motion)
        # It takes along nothing that the first has brought.
        self.work = added
        self.schedule()
        self.assertEqual(self.delivered(), {**self.ordered(), (self.motion, "sold"): 2})

    def test_what_the_crew_asked_for_on_top_stays(self):
        self.schedule()
        row = self.work.material_ids.filtered(lambda row: row.product_id == self.contact)
        row.sudo().quantity += 4
        self.order.write(
            {"order_line": [Command.create({"product_id": self.motion.id, "product_uom_qty": 1})]}
        )
        self.assertEqual(row.quantity, 6)
        line = self.order.order_line.filtered(lambda line: line.product_id == self.contact)
        line.product_uom_qty = 3
        self.assertEqual(row.quantity, 7)

    def test_a_down_payment_after_the_hand_over_is_no_work(self):
        self.work._write_by_verb({"state": "done"})
        self.order.write({"order_line": [Command.create({"product_id": self.work_product().id})]})
        self.assertEqual(self.order.sudo().work_order_ids, self.work)

    def work_product(self):
        return self.env["product.product"].create({"name": "Training", "type": "service"})

    def test_more_of_a_line_is_more_of_the_delivery(self):
        line = self.order.order_line.filtered(lambda line: line.product_id == self.contact)
        line.product_uom_qty = 5
        self.assertEqual(self.delivered()[self.contact, "sold"], 5)

    def test_a_cancelled_sale_delivers_nothing(self):
        self.order._action_cancel()
        self.assertEqual(self.delivered(), {})
        self.assertEqual(self.work.state, "cancelled")
