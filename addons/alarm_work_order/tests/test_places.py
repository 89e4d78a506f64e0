from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common_commissioning import CommissioningCase


@tagged("post_install", "-at_install")
class TestPlaces(CommissioningCase):
    """Which panel and which zones the pieces are that an order brought."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.detector.write({"alarm_device_kind": "detector", "alarm_detector_type": "motion"})
        cls.box = cls.product("Test Panel", "serial", alarm_device_kind="panel")
        cls.box_lots = cls.env["stock.lot"].create(
            [
                {"name": f"P{number}", "product_id": cls.box.id, "company_id": cls.company.id}
                for number in (1, 2)
            ]
        )
        cls.stock(cls.detector, lots=cls.lots)
        cls.stock(cls.box, lots=cls.box_lots)
        cls.keys = iter(range(1000))

    def begun(self, **lots_by_product):
        """An order whose crew works, with pieces of these products, all of them used."""
        order = self.order()
        rows = {
            self.need(order, getattr(self, name), len(lots)): lots
            for name, lots in lots_by_product.items()
        }
        order.action_schedule()
        for picking in order.sudo().picking_ids:
            for move in picking.move_ids:
                move.lot_ids = next(
                    lots for row, lots in rows.items() if row.product_id == move.product_id
                )
                move.picked = True
            picking.with_context(skip_backorder=True).button_validate()
        self.env.invalidate_all()
        order = self.mine(order)
        order.action_start()
        order.action_report_material(
            [{"id": row.id, "serials": lots.mapped("name")} for row, lots in rows.items()]
        )
        return order

    def card(self, lot):
        self.env.invalidate_all()
        return self.env["alarm.device"].search([("lot_id", "=", lot.id)])

    def say(self, order, device, zone=None, user=None):
        """What the page sends; what it is refused with."""
        call = {
            "key": f"place-key-{next(self.keys)}",
            "order": order.id,
            "verb": "device_zone",
            "values": {"device": device.id, "zone": zone.id if zone else False},
        }
        Order = self.env["alarm.work.order"].with_user(user or self.technician)
        answer = Order.work_send([call])
        self.env.invalidate_all()
        return answer["results"][0]["message"]

    def test_what_leaves_no_choice_is_noted_when_the_test_begins(self):
        order = self.begun(detector=self.lots[:1], box=self.box_lots[:1])
        self.assertFalse(self.card(self.lots[0]).zone_ids)
        order.action_test()
        self.assertEqual(self.card(self.lots[0]).zone_ids, self.hall)
        self.assertEqual(self.card(self.box_lots[0]).panel_id, self.panel)
        self.assertFalse(self.card(self.box_lots[0]).zone_ids)

    def test_two_pieces_for_one_zone_are_not_guessed(self):
        order = self.begun(detector=self.lots[:2], box=self.box_lots)
        order.action_test()
        self.assertFalse(self.card(self.lots[0]).zone_ids | self.card(self.lots[1]).zone_ids)
        self.assertFalse(self.card(self.box_lots[0]).panel_id)
        self.assertFalse(self.card(self.box_lots[1]).panel_id)

    def test_two_zones_or_two_panels_for_one_piece_are_not_guessed(self):
        other = self.panel.copy({"account": "7101"})
        self.hall.copy({"panel_id": other.id, "number": "9", "area_id": False})
        order = self.begun(detector=self.lots[:1], box=self.box_lots[:1])
        order.action_test()
        self.assertFalse(self.card(self.lots[0]).zone_ids)
        self.assertFalse(self.card(self.box_lots[0]).panel_id)

    def test_what_has_its_equipment_already_keeps_it(self):
        known = self.env["alarm.device"].create(
            [
                {
                    "subscriber_id": self.subscriber.id,
                    "kind": kind,
                    "ownership": "foreign",
                    "serial": serial,
                    **values,
                }
                for kind, serial, values in (
                    ("panel", "OLD-P", {"panel_id": self.panel.id}),
                    ("detector", "OLD-D", {"zone_ids": [Command.set(self.hall.ids)]}),
                )
            ]
        )
        order = self.begun(detector=self.lots[:1], box=self.box_lots[:1])
        order.action_test()
        self.assertFalse(self.card(self.lots[0]).zone_ids)
        self.assertFalse(self.card(self.box_lots[0]).panel_id)
        self.assertEqual(known[0].panel_id, self.panel)

    def test_a_zone_added_while_testing_is_noted_at_acceptance(self):
        self.hall.detector_type = False
        order = self.begun(detector=self.lots[:1])
        order.action_test()
        self.assertFalse(self.card(self.lots[0]).zone_ids)
        self.hall.detector_type = "motion"
        self.walk_all()
        self.hand_over(order)
        order.action_accept()
        self.assertEqual(self.card(self.lots[0]).zone_ids, self.hall)

    def test_that_a_piece_serves_no_zone_is_not_overruled_at_acceptance(self):
        order = self.begun(detector=self.lots[:1])
        order.action_test()
        self.assertFalse(self.say(order, self.card(self.lots[0])))
        self.assertFalse(self.card(self.lots[0]).zone_ids)
        self.walk_all()
        self.hand_over(order)
        order.action_accept()
        self.assertEqual(order.state, "accepted")
        self.assertFalse(self.card(self.lots[0]).zone_ids)

    def test_the_technician_says_the_zone_he_may_not_write(self):
        order = self.begun(detector=self.lots[:2])
        first, second = self.card(self.lots[0]), self.card(self.lots[1])
        with self.assertRaises(AccessError):
            first.with_user(self.technician).write({"zone_ids": [Command.set(self.hall.ids)]})
        data = order._work_data()
        self.assertEqual(
            [(one["serial"], one["zone"]) for one in data["devices"]],
            [("SN1", False), ("SN2", False)],
        )
        self.assertEqual([one["number"] for one in data["free_zones"]], ["1", "2", "3"])
        self.assertFalse(self.say(order, first, self.hall))
        self.assertEqual(self.card(self.lots[0]).zone_ids, self.hall)
        # The zone has its detector now.
        self.assertTrue(self.say(order, second, self.hall))
        self.assertFalse(self.say(order, first, self.door))
        self.assertEqual(self.card(self.lots[0]).zone_ids, self.door)
        self.assertFalse(self.say(order, second, self.hall))
        self.assertEqual(
            [one["zone"] for one in self.mine(order)._work_data()["devices"]],
            [self.door.id, self.hall.id],
        )

    def test_only_its_crew_says_it_and_only_of_what_the_order_brought(self):
        order = self.begun(detector=self.lots[:1])
        device = self.card(self.lots[0])
        self.assertTrue(self.say(order, device, self.hall, user=self.stranger))
        elsewhere = self.env["alarm.subscriber"].create(
            {"name": "Elsewhere", "partner_id": self.customer.id}
        )
        panel = self.env["alarm.panel"].create(
            {
                "subscriber_id": elsewhere.id,
                "account": "7199",
                "receiver_group_id": self.group.id,
            }
        )
        zone = self.env["alarm.zone"].create({"panel_id": panel.id, "number": "1", "name": "X"})
        self.assertTrue(self.say(order, device, zone))
        foreign = self.env["alarm.device"].create(
            {"subscriber_id": self.subscriber.id, "kind": "siren", "ownership": "foreign"}
        )
        self.assertTrue(self.say(order, foreign, self.hall))
        self.assertFalse(device.zone_ids | foreign.zone_ids)

    def test_after_acceptance_it_stays(self):
        order = self.begun(detector=self.lots[:1])
        order.action_test()
        self.walk_all()
        self.hand_over(order)
        order.action_accept()
        self.assertTrue(self.say(order, self.card(self.lots[0])))
        self.assertEqual(self.card(self.lots[0]).zone_ids, self.hall)
        self.assertEqual(self.mine(order)._work_data()["devices"], [])

    def test_a_planner_with_the_right_says_it_on_the_order(self):
        order = self.begun(detector=self.lots[:2])
        device = self.card(self.lots[0])
        values = {
            "delivered_device_ids": [
                Command.update(device.id, {"zone_ids": [Command.set(self.hall.ids)]})
            ]
        }
        with self.assertRaises(AccessError):
            order.with_user(self.planner).write(values)
        both = new_test_user(
            self.env,
            "t-both",
            "alarm_work_order.group_planner,alarm_subscriber.group_back_office",
        )
        with Form(order.with_user(both)) as form:
            with form.delivered_device_ids.edit(0) as line:
                line.zone_ids.add(self.hall)
        self.assertEqual(self.card(self.lots[0]).zone_ids, self.hall)
        self.assertEqual(len(order.with_user(both).delivered_device_ids), 2)

    def test_what_went_back_is_not_asked_about(self):
        order = self.begun(detector=self.lots[:2])
        [row] = order.material_ids
        order.action_report_material([{"id": row.id, "serials": ["SN2"]}])
        self.env.invalidate_all()
        self.assertEqual([one["serial"] for one in order._work_data()["devices"]], ["SN2"])
        with self.assertRaises(UserError):
            order._work_device_zone({"device": self.card(self.lots[0]).id})
