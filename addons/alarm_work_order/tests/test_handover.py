from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_commissioning import CommissioningCase, drawn


@tagged("post_install", "-at_install")
class TestHandover(CommissioningCase):
    def test_test_mode_begins_with_the_order_and_ends_with_the_approval(self):
        self.subscriber.action_reset()
        order = self.order()
        order.action_schedule()
        order = self.mine(order)
        order.action_start()
        self.assertEqual(self.subscriber.state, "commissioning")
        self.assertTrue(order.on_test)
        order.action_test()
        self.walk_all()
        self.hand_over(order)
        order.action_accept()
        self.assertEqual(self.subscriber.state, "submitted")
        self.assertTrue(order.on_test)
        self.subscriber.with_user(self.approver).action_approve()
        self.env.invalidate_all()
        self.assertEqual((self.subscriber.state, order.state), ("active", "done"))
        self.assertFalse(self.subscriber.on_test)
        # From now on an alarm is an alarm.
        self.ingest(self.signal("001"))
        incident = self.env["alarm.incident"].search([("subscriber_id", "=", self.subscriber.id)])
        self.assertEqual(len(incident), 1)

    def test_who_accepted_does_not_approve(self):
        order = self.accepted()
        self.assertEqual(order.accepted_by_id, self.technician)
        self.assertEqual(self.subscriber.submitted_by_id, self.technician)
        self.technician.group_ids |= self.env.ref("alarm_subscriber.group_approver")
        with self.assertRaisesRegex(UserError, "second person"):
            self.subscriber.with_user(self.technician).action_approve()
        with self.assertRaisesRegex(UserError, "not approved"):
            order.with_user(self.planner).action_finish()

    def test_nobody_goes_past_a_crew_that_is_at_work(self):
        order = self.under_test()
        with self.assertRaisesRegex(UserError, "handed over"):
            self.subscriber.action_submit()
        order.with_user(self.planner).action_cancel("another day")
        self.subscriber.action_submit()
        self.assertEqual(self.subscriber.state, "submitted")

    def test_who_accepted_does_not_approve_what_another_has_submitted_anew(self):
        self.accepted()
        self.subscriber.action_reset()
        self.subscriber.action_submit()
        self.technician.group_ids |= self.env.ref("alarm_subscriber.group_approver")
        with self.assertRaisesRegex(UserError, "second person"):
            self.subscriber.with_user(self.technician).action_approve()
        self.subscriber.with_user(self.approver).action_approve()
        self.assertEqual(self.subscriber.state, "active")

    def test_an_inspection_starts_no_warranty(self):
        self.detector.product_tmpl_id.alarm_warranty_months = 12
        self.stock(self.detector, lots=self.lots[:1])
        first = self.order()
        self.need(first, self.detector, 1)
        first.action_schedule()
        self.issue(first, self.lots[:1])
        order = self.order(kind="inspection")
        order.action_schedule()
        order = self.mine(order)
        order.action_start()
        order.action_finish()
        self.assertFalse(self.subscriber.device_ids.warranty_end)

    def test_what_the_test_corrected_is_part_of_the_baseline(self):
        order = self.under_test()
        self.line(order, self.door).action_correct({"name": "Side door", "position": "left"})
        self.walk_all()
        self.hand_over(order)
        order.action_accept()
        self.subscriber.with_user(self.approver).action_approve()
        history = self.env["alarm.revision"].search(
            [("subscriber_key", "=", self.subscriber.id), ("model", "=", "alarm.zone")]
        )
        told = history.filtered(lambda entry: entry.record_key == self.door.id)
        self.assertEqual(told.mapped("operation"), ["baseline"])
        self.assertIn("Side door", told.new_json)
        self.assertFalse(
            self.env["alarm.change.request"]
            .search([])
            .filtered(lambda request: request.subscriber_id == self.subscriber)
        )

    def test_training_codes_and_signatures_are_asked_for(self):
        order = self.under_test()
        self.walk_all()
        for said in ("not shown", "codes", "crew has not signed", "customer has not signed"):
            with self.assertRaisesRegex(UserError, said):
                order.action_accept()
        with self.assertRaises(UserError):
            order.action_sign("customer", "Mr Li", "bm8gcGljdHVyZQ==")
        self.hand_over(order)
        self.assertTrue(order.customer_signed_at)
        self.assertEqual(order.codes_given_by_id, self.technician)
        self.assertEqual(order.training_ids.done_by_id, self.technician)
        order.action_accept()
        with self.assertRaises(UserError):
            order.action_sign("customer", "Somebody", drawn())
        with self.assertRaises(UserError):
            order.training_ids.write({"done": False})
        with self.assertRaises(UserError):
            self.line(order, self.door).action_retest()

    def test_parties_sign_what_is_tested_and_not_before(self):
        order = self.order()
        order.action_schedule()
        order = self.mine(order)
        order.action_start()
        for sign in (
            lambda: order.action_sign("customer", "Mr Li", drawn()),
            lambda: order.write({"customer_signed_by": "Mr Li"}),
        ):
            with self.assertRaisesRegex(UserError, "while it is tested"):
                sign()
        order.action_test()
        order.action_sign("customer", "Mr Li", drawn())
        self.assertTrue(order.customer_signature)

    def test_another_name_needs_another_signature(self):
        order = self.under_test()
        order.action_sign("customer", "Mr Li", drawn())
        order.write({"customer_signed_by": "Mr Li"})
        self.assertTrue(order.customer_signature)
        order.write({"customer_signed_by": "Mrs Wang"})
        self.assertFalse(order.customer_signature)
        self.assertFalse(order.customer_signed_at)
        self.assertIn("The customer has not signed.", order._missing("accept"))
        order.action_sign("customer", "Mrs Wang", drawn())
        # The same picture under another name is no new signature.
        order.write({"customer_signed_by": "Mr Li", "customer_signature": order.customer_signature})
        self.assertFalse(order.customer_signature)

    def test_back_to_work_takes_back_what_was_submitted_and_signed(self):
        order = self.accepted()
        order.action_rework()
        self.assertEqual(self.subscriber.state, "commissioning")
        self.assertFalse(order.customer_signature)
        order.action_test()
        self.assertEqual(self.line(order, self.door).state, "restored")

    def test_the_certificate_says_what_was_seen_before_the_rework(self):
        def page():
            report = self.env["ir.actions.report"].with_context(lang="en_US")
            ref = "alarm_work_order.report_handover_certificate"
            return report._render_qweb_html(ref, order.ids)[0].decode()

        order = self.under_test()
        self.customer.lang = "en_US"
        self.walk_all()
        self.assertNotIn("Seen before the crew", page())
        order.action_rework()
        order.action_test()
        door = self.line(order, self.door)
        door.sudo().seen_at = order.tested_at - timedelta(hours=1)
        self.assertTrue(door._is_before_rework())
        self.assertIn("Seen before the crew", page())

    def test_paths_and_supervision(self):
        self.panel.supervision_interval = 90
        order = self.under_test()
        missing = "\n".join(order._missing("accept"))
        self.assertIn("heard by 0 of 1", missing)
        self.assertIn("Supervision", missing)
        occurred = self.signal("001")
        occurred["occurred_at"] = occurred["received_at"].replace("Z", "") + "Z"
        occurred["extended"] = [["X", "RSSI=-71 dBm"]]
        self.ingest(occurred, self.signal("002", source="198.51.100.7:9"))
        self.assertEqual(len(order.path_test_ids), 2)
        first = order.path_test_ids[0]
        self.assertEqual(
            (first.sender, first.strength, first.signal_count, first.has_delay),
            ("203.0.113.5", "-71 dBm", 1, True),
        )
        first.name = "LAN"
        with self.assertRaises(AccessError):
            first.unlink()
        first.write({"signal_count": 99})
        self.assertEqual(first.signal_count, 1)
        lost = {"kind": "receiver_status", "code_system": "bridge", "zone": None, "address": None}
        self.ingest(
            self.signal(None, "lost", "new", **{k: v for k, v in lost.items() if k != "zone"})
        )
        self.ingest(
            self.signal(None, "lost", "restore", **{k: v for k, v in lost.items() if k != "zone"})
        )
        self.assertEqual(order.supervision_test_ids.seen_by, "silence")
        self.assertNotIn("Supervision", "\n".join(order._missing("accept")))

    def test_time_alone_shows_nothing_when_no_bridge_is_looking(self):
        self.panel.supervision_interval = 90
        order = self.under_test()
        self.ingest(self.signal("001"))
        test = order.supervision_test_ids
        test.sudo().first_heard_at = fields.Datetime.now() - timedelta(minutes=5)
        self.assertIn("Supervision", "\n".join(order._missing("accept")))
        bridge = self.env["alarm.bridge.status"].create(
            {"name": "walk-bridge-1", "last_heartbeat_at": fields.Datetime.now()}
        )
        self.env["alarm.receiver.status"].create(
            {"receiver_id": self.receiver.id, "bridge_status_id": bridge.id, "state": "online"}
        )
        self.assertNotIn("Supervision", "\n".join(order._missing("accept")))
        order._settle_supervision()
        # It says no more than what is known.
        label = dict(test._fields["seen_by"]._description_selection(self.env))[test.seen_by]
        self.assertIn("Silence Was Not Tried", label)
        bridge.last_heartbeat_at = fields.Datetime.now() - timedelta(minutes=5)
        self.env.invalidate_all()
        self.assertIn("Supervision", "\n".join(order._missing("accept")))

    def test_the_bridges_supervise_a_new_panel_while_it_is_tested(self):
        self.panel.supervision_interval = 90

        def told():
            return self.panel._prepare_configuration()[0]["supervision"]

        self.assertEqual(told(), 0)
        order = self.under_test()
        self.env.invalidate_all()
        self.assertEqual(told(), 90)
        self.env.cr.execute(
            "SELECT count(*) FROM alarm_configuration_change WHERE panel_id = %s", [self.panel.id]
        )
        self.assertTrue(self.env.cr.fetchone()[0])
        order.with_user(self.planner).action_cancel("another day")
        self.env.invalidate_all()
        self.assertEqual(told(), 0)

    def test_warranty_runs_from_the_hand_over(self):
        self.detector.product_tmpl_id.alarm_warranty_months = 12
        self.stock(self.detector, lots=self.lots[:1])
        order = self.order()
        self.need(order, self.detector, 1)
        order.action_schedule()
        self.issue(order, self.lots[:1])
        order = self.mine(order)
        order.action_start()
        order.action_report_material([{"id": order.material_ids.id, "serials": ["SN1"]}])
        order.action_test()
        self.walk_all()
        self.hand_over(order)
        order.action_accept()
        self.subscriber.with_user(self.approver).action_approve()
        device = self.subscriber.device_ids
        self.assertEqual(
            device.warranty_end,
            fields.Date.add(
                fields.Datetime.context_timestamp(
                    order.with_context(tz=self.subscriber.tz), order.accepted_at
                ).date(),
                months=12,
            ),
        )

    def test_the_certificate_is_kept_and_mailed(self):
        self.customer.email = "li@example.com"
        order = self.accepted()
        printed = []
        self.patch(
            type(self.env["ir.actions.report"]),
            "_render_qweb_pdf",
            lambda report, ref, ids, data=None: (
                printed.append(report._render_qweb_html(ref, ids)[0].decode()) or b"%PDF-1.7",
                "pdf",
            ),
        )
        cron = self.env.ref("alarm_work_order.ir_cron_certificates")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
        attachment = order.sudo().certificate_id
        self.assertEqual(attachment.res_id, order.id)
        self.assertIn("Front door", printed[0])
        self.assertIn("7100 cid 130 new", printed[0])
        message = order.sudo().message_ids.filtered(lambda one: attachment in one.attachment_ids)
        self.assertIn(self.customer, message.partner_ids)
        # It stays as it was signed.
        for user in (self.technician, self.planner):
            with self.assertRaises(UserError):
                attachment.with_user(user).write({"raw": b"other"})
            with self.assertRaises(UserError):
                attachment.with_user(user).unlink()
        with self.assertRaises(AccessError):
            attachment.with_user(self.planner).write({"alarm_signed": False})
        # Once.
        order.action_issue_certificate()
        self.assertEqual(len(printed), 1)
        # Also after another one is to follow.
        order.action_rework()
        self.assertFalse(order.sudo().certificate_id)
        with self.assertRaises(UserError):
            attachment.with_user(self.planner).unlink()

    def test_the_certificate_is_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.customer.lang = "zh_CN"
        order = self.accepted()
        page = (
            self.env["ir.actions.report"]
            ._render_qweb_html("alarm_work_order.report_handover_certificate", order.ids)[0]
            .decode()
        )
        self.assertIn("验收", page)
        self.assertNotIn("Hand-over Certificate", page)


@tagged("post_install", "-at_install")
class TestRemoval(CommissioningCase):
    def setUp(self):
        super().setUp()
        self.stock(self.detector, lots=self.lots[:2])
        order = self.order()
        self.need(order, self.detector, 1, "leased")
        self.need(order, self.detector, 1, "sold")
        order.action_schedule()
        self.issue(order)
        self.subscriber.action_submit()
        self.subscriber.with_user(self.approver).action_approve()
        self.installed = order
        self.leased = self.subscriber.device_ids.filtered(lambda one: one.ownership == "leased")

    def test_equipment_comes_back_by_serial_and_monitoring_ends_on_its_day(self):
        order = self.soon("removal")
        with self.assertRaisesRegex(UserError, "which day"):
            order.action_schedule()
        order.monitoring_ends_on = fields.Date.add(fields.Date.today(), days=5)
        order.action_schedule()
        picking = order.sudo().picking_ids
        self.assertEqual(picking.move_line_ids.lot_id, self.leased.lot_id)
        mine = self.mine(order)
        mine.action_start()
        with self.assertRaisesRegex(UserError, "not back in stock"):
            mine.action_finish()
        self.issue(order)
        self.assertEqual(self.leased.state, "in_stock")
        self.assertEqual(self.leased.lot_id.location_id, self.warehouse.lot_stock_id)
        mine.action_finish()
        self.assertEqual(self.subscriber.state, "active")
        self.env["alarm.work.order"]._end_monitoring_due()
        self.assertEqual(self.subscriber.state, "active")
        order.sudo().env.cr.execute(
            "UPDATE alarm_work_order SET monitoring_ends_on = now()::date - 2 WHERE id = %s",
            [order.id],
        )
        self.env.invalidate_all()
        self.env["alarm.work.order"]._end_monitoring_due()
        self.assertEqual(self.subscriber.state, "terminated")
        entry = self.env["alarm.revision"].search(
            [("subscriber_key", "=", self.subscriber.id), ("field_name", "=", "state")], limit=1
        )
        self.assertEqual(entry.user_name, self.planner.name)
        # The history stays.
        self.assertTrue(self.subscriber.zone_ids)

    def test_one_that_cannot_end_keeps_nobody_else_from_ending(self):
        other = self.env["alarm.subscriber"].create(
            {"name": "Broken", "partner_id": self.customer.id}
        )
        other.action_submit()
        other.with_user(self.approver).action_approve()
        yesterday = fields.Date.subtract(fields.Date.today(), days=2)
        for subscriber in (other, self.subscriber):
            order = self.order(
                kind="removal", subscriber_id=subscriber.id, monitoring_ends_on=yesterday
            )
            order.action_schedule()
        terminate = type(other).action_terminate

        def refuse(subscribers):
            if other in subscribers:
                raise ValueError
            return terminate(subscribers)

        self.patch(type(other), "action_terminate", refuse)
        with self.assertLogs("odoo.addons.alarm_work_order", "ERROR"):
            self.env["alarm.work.order"]._end_monitoring_due()
        self.assertEqual((other.state, self.subscriber.state), ("active", "terminated"))
        # Who can mend it is told, once.
        with self.assertLogs("odoo.addons.alarm_work_order", "ERROR"):
            self.env["alarm.work.order"]._end_monitoring_due()
        told = self.env["mail.activity"].search([("res_model", "=", "alarm.work.order")])
        told = told.filtered(
            lambda one: self.env["alarm.work.order"].browse(one.res_id).subscriber_id == other
        )
        for user in (self.planner, self.supervisor):
            self.assertEqual(len(told.filtered(lambda one, user=user: one.user_id == user)), 1)
        self.assertIn("Broken", told[0].summary)

    def test_a_technician_does_not_say_when_monitoring_ends(self):
        order = self.order(kind="removal")
        with self.assertRaises(AccessError):
            self.mine(order).monitoring_ends_on = fields.Date.today()

    def test_what_stays_on_site_is_named(self):
        order = self.soon("removal", monitoring_ends_on=fields.Date.today())
        order.action_schedule()
        order.sudo().picking_ids.action_cancel()
        mine = self.mine(order)
        mine.action_start()
        with self.assertRaisesRegex(UserError, "Still on site"):
            mine.action_finish()
        self.leased.sudo().action_lose()
        mine.action_finish()
        self.assertEqual(self.subscriber.state, "terminated")
