from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged

from ..tools.material import Move, tally
from .common import WorkCase


class TestTally(TransactionCase):
    def test_sums(self):
        sums = tally(
            [
                Move("in", True, 5, 4),
                Move("in", False, 3, 1),
                Move("out", True, 1, 1),
                Move("out", False, 2, 2),
                Move(None, True, 9, 9),
            ]
        )
        self.assertEqual(sums, (4, 1, 3, 1, 2))
        self.assertEqual(sums.on_site, 3)
        self.assertEqual(sums.short, 2)
        self.assertEqual(sums.to_reserve(10), 3)
        self.assertEqual(sums.to_reserve(2), 0)
        self.assertEqual(sums.surplus(0), 1)
        self.assertEqual(sums.surplus(2), 0)
        self.assertEqual(sums.lacking(5), 2)


@tagged("post_install", "-at_install")
class TestMaterial(WorkCase):
    def setUp(self):
        super().setUp()
        self.stock(self.detector, lots=self.lots)
        self.stock(self.cable, 100)

    def started(self, **values):
        order = self.order(**values)
        self.detectors = self.need(order, self.detector, 3)
        self.cables = self.need(order, self.cable, 50)
        order.action_schedule()
        return order

    def at_site(self, product, ownership="sold"):
        location = self.subscriber._equipment_locations(ownership)[self.subscriber]
        return sum(
            self.env["stock.quant"]
            .search([("location_id", "=", location.id), ("product_id", "=", product.id)])
            .mapped("quantity")
        )

    def test_scheduling_reserves_by_a_transfer_to_the_site(self):
        order = self.started()
        picking = order.sudo().picking_ids
        self.assertEqual(len(picking), 1)
        self.assertEqual(picking.state, "assigned")
        self.assertEqual(picking.location_id, self.warehouse.lot_stock_id)
        self.assertEqual(picking.location_dest_id.subscriber_id, self.subscriber)
        self.assertEqual(picking.location_dest_id.equipment_ownership, "sold")
        self.assertEqual(picking.partner_id, self.subscriber.address_id)
        self.assertEqual(picking.scheduled_date, order.planned_start)
        self.assertEqual(self.detectors.quantity_reserved, 3)
        self.assertFalse(order.material_short)

    def test_scheduling_anew_reserves_nothing_twice(self):
        order = self.started()
        order.action_unschedule()
        order.planned_start = "2030-01-07 10:00:00"
        order.action_schedule()
        picking = order.sudo().picking_ids
        self.assertEqual(len(picking), 1)
        self.assertEqual(picking.move_ids.mapped("product_uom_qty"), [3, 50])
        self.assertEqual(picking.scheduled_date, order.planned_start)

    def test_a_transfer_that_is_there_is_the_orders_own(self):
        """What a sale makes is not made a second time."""
        order = self.order()
        site = self.subscriber._equipment_locations("leased")[self.subscriber]
        places = {"location_id": self.warehouse.lot_stock_id.id, "location_dest_id": site.id}
        self.env["stock.picking"].create(
            {
                **places,
                "picking_type_id": self.warehouse.out_type_id.id,
                "work_order_id": order.id,
                "move_ids": [
                    (0, 0, {**places, "product_id": self.detector.id, "product_uom_qty": 2})
                ],
            }
        )
        order.action_schedule()
        self.assertEqual(len(order.sudo().picking_ids), 1)
        self.assertEqual(
            order.material_ids.mapped(lambda row: (row.product_id, row.ownership, row.quantity)),
            [(self.detector, "leased", 2.0)],
        )

    def test_sold_and_leased_go_to_their_own_places(self):
        order = self.order()
        self.need(order, self.detector, 1)
        self.need(order, self.detector, 2, "leased")
        order.action_schedule()
        self.assertEqual(len(order.sudo().picking_ids), 2)
        for picking in order.sudo().picking_ids:
            expected = {"sold": 1, "leased": 2}[picking.location_dest_id.equipment_ownership]
            self.assertEqual(picking.move_ids.product_uom_qty, expected)

    def test_two_orders_at_one_site_have_transfers_of_their_own(self):
        first, second = self.order(), self.order()
        self.need(first, self.cable, 1)
        self.need(second, self.cable, 2)
        first.action_schedule()
        second.action_schedule()
        self.assertEqual(first.sudo().picking_ids.move_ids.product_uom_qty, 1)
        self.assertEqual(second.sudo().picking_ids.move_ids.product_uom_qty, 2)

    def test_what_is_issued_stands_at_the_site_with_its_card(self):
        order = self.started()
        self.issue(order, self.lots[:3])
        self.assertEqual(self.detectors.quantity_issued, 3)
        self.assertEqual(self.detectors.lot_ids, self.lots[:3])
        self.assertEqual(self.at_site(self.detector), 3)
        self.assertEqual(self.subscriber.device_ids.lot_id, self.lots[:3])

    def test_consumption_and_the_surplus_back(self):
        order = self.started()
        self.issue(order, self.lots[:3])
        mine = self.mine(order)
        mine.action_start()
        self.assertIn(self.detector.display_name, mine.missing)
        with self.assertRaisesRegex(UserError, "what was used"):
            mine.action_test()
        mine.action_report_material(
            [
                {"id": self.detectors.id, "serials": ["sn1", "SN3"]},
                {"id": self.cables.id, "quantity": 42.5},
            ]
        )
        self.assertEqual(self.detectors.quantity_used, 2)
        self.assertEqual(self.detectors.used_lot_ids, self.lots[0] + self.lots[2])
        self.assertEqual(self.detectors.reported_by_id, self.technician)
        self.assertEqual(self.detectors.quantity_surplus, 1)
        self.assertEqual(self.cables.quantity_surplus, 7.5)
        mine.action_test()
        with self.assertRaisesRegex(UserError, "Return what is left"):
            mine.action_accept()
        mine.action_return_surplus()
        self.assertFalse(order.material_surplus)
        self.assertEqual(self.detectors.quantity_leaving, 1)
        back = order.sudo().picking_ids.filtered("return_id")
        self.assertEqual(len(back), 1)
        self.assertEqual(back.move_ids.filtered("lot_ids").lot_ids, self.lots[1])
        # A second tap makes no second transfer.
        mine.action_return_surplus()
        self.assertEqual(len(order.sudo().picking_ids), 2)
        self.issue(order)
        self.assertEqual(self.detectors.quantity_returned, 1)
        self.assertEqual(self.at_site(self.detector), 2)
        self.assertEqual(self.at_site(self.cable), 42.5)
        self.assertEqual(self.lots[1].location_id, self.warehouse.lot_stock_id)
        # What came back is not asked for again.
        order.action_reserve()
        self.assertEqual(len(order.sudo().picking_ids), 2)

    def test_a_serial_that_was_not_issued_is_refused(self):
        order = self.started()
        self.issue(order, self.lots[:3])
        mine = self.mine(order)
        mine.action_start()
        with self.assertRaisesRegex(UserError, "SN4.*Issued: SN1, SN2, SN3"):
            mine.action_report_material([{"id": self.detectors.id, "serials": ["SN1", "SN4"]}])

    def test_senseless_quantities_are_refused(self):
        order = self.started()
        mine = self.mine(order)
        mine.action_start()
        for quantity in (-1, float("nan"), float("inf"), "3", None, True):
            with self.subTest(quantity=quantity), self.assertRaises(UserError):
                mine.action_report_material([{"id": self.cables.id, "quantity": quantity}])

    def test_used_beyond_what_was_issued_blocks_the_test(self):
        order = self.started()
        self.issue(order, self.lots[:3])
        mine = self.mine(order)
        mine.action_start()
        mine.action_report_material(
            [
                {"id": self.detectors.id, "serials": ["SN1", "SN2", "SN3"]},
                {"id": self.cables.id, "quantity": 60},
            ]
        )
        with self.assertRaisesRegex(UserError, "10 × .*never issued"):
            mine.action_test()
        mine.action_request_material(self.cable.id, 10)
        self.assertEqual(self.cables.quantity, 60)
        self.issue(order)
        mine.action_test()

    def test_more_material_is_a_transfer_of_the_same_order(self):
        order = self.started()
        self.issue(order, self.lots[:3])
        mine = self.mine(order)
        mine.action_start()
        mine.action_request_material(self.detector.id, 1)
        self.assertEqual(self.detectors.quantity_coming, 1)
        extra = order.sudo().picking_ids.filtered(lambda picking: picking.state == "assigned")
        self.assertEqual(extra.move_ids.lot_ids, self.lots[3])

    def test_what_is_short_stays_on_a_backorder_of_the_order(self):
        order = self.order()
        row = self.need(order, self.detector, 6)
        order.action_schedule()
        self.assertEqual((row.quantity_reserved, row.quantity_short), (4, 2))
        self.assertTrue(order.material_short)
        picking = order.sudo().picking_ids
        picking.move_ids.picked = True
        picking._action_done()
        self.env.invalidate_all()
        self.assertEqual(len(order.sudo().picking_ids), 2)
        self.assertEqual((row.quantity_issued, row.quantity_coming), (4, 2))

    def test_a_shortage_is_bought_by_the_rules_of_the_product(self):
        self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.cable.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "product_min_qty": 0,
                "product_max_qty": 0,
                "route_id": self.env.ref("purchase_stock.route_warehouse0_buy").id,
            }
        )
        # Rules look no further ahead than the supplier needs.
        today = fields.Datetime.now()
        order = self.order(planned_start=today, planned_end=today)
        self.need(order, self.cable, 130)
        order.action_schedule()
        line = self.env["purchase.order.line"].search([("product_id", "=", self.cable.id)])
        self.assertEqual(line.order_id.state, "draft")
        self.assertEqual(line.partner_id, self.vendor)
        self.assertEqual(line.product_qty, 30)

    def test_made_to_order_is_bought_for_the_order(self):
        mto = self.env.ref("stock.route_warehouse0_mto")
        mto.active = True
        lock = self.product(
            "Test Lock",
            "none",
            route_ids=[(6, 0, (mto + self.env.ref("purchase_stock.route_warehouse0_buy")).ids)],
        )
        order = self.order()
        self.need(order, lock, 2)
        order.action_schedule()
        line = self.env["purchase.order.line"].search([("product_id", "=", lock.id)])
        self.assertEqual(line.product_qty, 2)
        self.assertIn(order.name, line.order_id.origin)

    def test_from_the_vehicle_is_taken_what_was_used(self):
        vehicle = self.env["stock.location"].create(
            {"name": "Van", "usage": "internal", "location_id": self.warehouse.view_location_id.id}
        )
        order = self.order(material_from="vehicle")
        row, cables = self.need(order, self.detector, 2), self.need(order, self.cable, 5)
        with self.assertRaisesRegex(UserError, "no vehicle stock"):
            order.action_schedule()
        self.crew.vehicle_location_id = vehicle
        serials = self.env["stock.lot"].create(
            [{"name": f"V{number}", "product_id": self.detector.id} for number in range(3)]
        )
        self.stock(self.detector, lots=serials, location=vehicle)
        self.stock(self.cable, 20, location=vehicle)
        order.action_schedule()
        self.assertEqual(order.sudo().picking_ids.location_id, vehicle)
        self.assertEqual(row.quantity_reserved, 2)
        mine = self.mine(order)
        mine.action_start()
        mine.action_report_material(
            [
                {"id": row.id, "serials": ["V2", "V0", "V1"]},
                {"id": cables.id, "quantity": 4},
            ]
        )
        mine.action_test()
        self.env.invalidate_all()
        self.assertEqual(row.quantity_issued, 3)
        self.assertEqual(row.lot_ids, serials)
        self.assertEqual(self.at_site(self.cable), 4)
        self.assertEqual(row.quantity_coming, 0)
        self.assertEqual(self.subscriber.device_ids.lot_id, serials)

    def test_cancelling_frees_what_was_reserved_and_fetches_what_was_issued(self):
        order = self.started()
        order.action_cancel("withdrawn")
        self.assertEqual(order.sudo().picking_ids.mapped("state"), ["cancel"])
        issued = self.started()
        self.issue(issued, self.lots[:3])
        self.mine(issued).action_start()
        issued.action_cancel("withdrawn")
        self.issue(issued)
        self.assertEqual(self.at_site(self.detector), 0)
        self.assertEqual(self.at_site(self.cable), 0)

    def test_material_is_planned_while_the_work_is_open(self):
        order = self.started()
        row = self.detectors.with_user(self.planner)
        with self.assertRaisesRegex(UserError, "asked for already"):
            row.unlink()
        row.quantity = 4
        order.action_reserve()
        self.assertEqual(self.detectors.quantity_coming, 4)
        order.action_cancel("over")
        with self.assertRaisesRegex(UserError, "no more material"):
            row.quantity = 5

    def test_the_crew_reports_on_own_orders_and_through_the_order_only(self):
        order = self.started()
        self.issue(order, self.lots[:3])
        self.mine(order).action_start()
        with self.assertRaises(AccessError):
            order.with_user(self.stranger).action_report_material(
                [{"id": self.cables.id, "quantity": 1}]
            )
        with self.assertRaises(AccessError):
            self.cables.with_user(self.technician).write({"quantity_used": 3})
        with self.assertRaises(AccessError):
            self.cables.with_user(self.planner).write({"quantity_used": 3})
        with self.assertRaises(AccessError):
            self.mine(order).read(["picking_ids"])
