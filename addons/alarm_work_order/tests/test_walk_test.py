from datetime import timedelta
from unittest.mock import Mock, patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common_commissioning import CommissioningCase


@tagged("post_install", "-at_install")
class TestWalkTest(CommissioningCase):
    def test_the_matrix_is_made_of_the_zones(self):
        order = self.under_test()
        lines = order.walk_line_ids.filtered("zone_id")
        self.assertEqual(lines.mapped("name"), ["Front door", "Hall", "Counter"])
        self.assertEqual(lines.mapped("event_class"), ["burglary", "burglary", "panic"])
        self.assertEqual(lines.mapped("restore_expected"), [True, True, False])
        self.assertEqual(set(lines.mapped("mandatory")), {True})

    def test_a_signal_through_the_bridge_ticks_its_line(self):
        order = self.under_test()
        alarm = self.signal("001")
        self.ingest(alarm)
        line = self.line(order, self.door)
        self.assertEqual(line.state, "seen")
        self.assertEqual(line.signal_uid, alarm["uid"])
        self.assertIn("130 new 001", line.signal_text)
        self.assertTrue(line.seen_at)
        self.assertTrue(line.is_open)
        self.ingest(self.signal("001", qualifier="restore"))
        self.assertEqual(line.state, "restored")
        self.assertFalse(line.is_open)
        self.assertFalse(self.env["alarm.incident"].search([("account", "=", "7100")]))

    def test_what_came_before_the_test_and_what_was_injected_ticks_nothing(self):
        early = self.signal("001")
        order = self.under_test()
        order.sudo()._write_by_verb({"tested_at": fields.Datetime.now() + timedelta(hours=1)})
        self.ingest(early)
        self.assertEqual(self.line(order, self.door).state, "pending")
        order.sudo()._write_by_verb({"tested_at": fields.Datetime.now() - timedelta(hours=1)})
        self.ingest(self.signal("001", uid="injected:77"))
        order.work_walk()
        self.assertEqual(self.line(order, self.hall).state, "pending")

    def test_wrong_area_unknown_number_and_unexpected_class_are_flagged(self):
        order = self.under_test()
        self.ingest(
            self.signal("001", area="02"), self.signal("099"), self.signal("002", code="110")
        )
        kinds = set(order.walk_finding_ids.mapped("kind"))
        self.assertEqual(kinds, {"wrong_area", "unknown_zone", "wrong_event"})
        self.assertEqual(self.line(order, self.door).state, "wrong")
        self.assertEqual(self.line(order, self.hall).state, "wrong")
        # The right signals settle what was of their line.
        self.walk_all()
        self.assertEqual(self.line(order, self.door).state, "restored")
        unsettled = order.walk_finding_ids.filtered(lambda finding: not finding.resolution)
        self.assertEqual(unsettled.mapped("kind"), ["unknown_zone"])

    def test_what_is_said_again_is_one_finding(self):
        order = self.under_test()
        self.ingest(self.signal("099"), self.signal("099"))
        self.ingest(self.signal("099"), self.signal("098"))
        self.assertEqual(sorted(order.walk_finding_ids.mapped("number")), ["098", "099"])
        order.walk_finding_ids.action_explain("the shop next door")
        self.ingest(self.signal("099"))
        self.assertEqual(order.walk_open_finding_count, 1)

    def test_a_number_that_was_drawn_wrong_is_corrected_and_ticked_by_the_same_signal(self):
        order = self.under_test()
        self.ingest(self.signal("015"))
        finding = order.walk_finding_ids
        self.assertEqual((finding.kind, finding.number), ("unknown_zone", "015"))
        finding.action_assign(self.line(order, self.door).id)
        self.assertEqual(self.door.number, "015")
        self.assertEqual(self.line(order, self.door).state, "seen")
        self.assertEqual(finding.resolution, "corrected")
        self.assertIn("015", self.line(order, self.door).corrections)

    def test_a_corrected_detector_is_ticked_by_what_it_has_sent_and_its_restore(self):
        order = self.under_test()
        hall = self.line(order, self.hall)
        self.ingest(
            self.signal("002", code="110"), self.signal("002", code="110", qualifier="restore")
        )
        self.assertEqual(hall.state, "wrong")
        hall.action_correct({"detector_type": "smoke"})
        self.assertEqual((hall.event_class, hall.state), ("fire", "restored"))
        self.assertFalse(order.walk_open_finding_count)

    def test_what_passed_under_another_number_or_event_is_tested_anew(self):
        order = self.under_test()
        self.walk_all()
        door, hall = self.line(order, self.door), self.line(order, self.hall)
        door.action_correct({"name": "Side door", "number": "01"})
        self.assertEqual(door.state, "restored")
        door.action_correct({"number": "2"})
        self.assertEqual((door.state, hall.state), ("pending", "pending"))
        self.assertFalse(door.signal_uid)
        self.walk_all()
        door.action_correct({"detector_type": "smoke"})
        self.assertEqual((door.state, hall.state), ("pending", "restored"))

    def test_a_zone_that_is_added_under_test_is_tested_too(self):
        order = self.under_test()
        self.walk_all()
        self.hand_over(order)
        self.ingest(self.signal("009"), self.signal("009", qualifier="restore"))
        added = self.env["alarm.zone"].create(
            [
                {"panel_id": self.panel.id, "number": "8", "name": "Attic"},
                {"panel_id": self.panel.id, "number": "9", "name": "Cellar"},
            ]
        )
        self.assertEqual(self.line(order, added[1]).state, "restored")
        self.assertFalse(order.walk_open_finding_count)
        with self.assertRaisesRegex(UserError, "Attic"):
            order.action_accept()

    def test_two_mixed_up_zones_change_numbers(self):
        order = self.under_test()
        door, hall = self.line(order, self.door), self.line(order, self.hall)
        door.action_expect()
        self.ingest(self.signal("002"))
        finding = order.walk_finding_ids
        self.assertEqual((finding.kind, finding.line_id), ("wrong_number", door))
        self.assertEqual(hall.state, "pending")
        finding.action_assign(door.id)
        self.assertEqual((self.door.number, self.hall.number), ("002", "1"))
        self.assertEqual(door.state, "seen")
        self.assertEqual((hall.state, hall.number), ("pending", "1"))
        self.assertFalse(order.walk_open_finding_count)

    def test_a_restore_that_does_not_come_is_flagged_by_the_clock(self):
        order = self.under_test()
        self.ingest(self.signal("001"))
        line = self.line(order, self.door)
        self.env["alarm.work.order"]._walk_late_restores()
        self.assertEqual(line.state, "seen")
        line.sudo().seen_at = fields.Datetime.now() - timedelta(minutes=5)
        self.env["alarm.work.order"]._walk_late_restores()
        self.assertEqual(line.state, "missing_restore")
        self.assertEqual(order.walk_finding_ids.kind, "missing_restore")
        self.ingest(self.signal("001", qualifier="restore"))
        self.assertEqual(line.state, "restored")
        self.assertEqual(order.walk_finding_ids.resolution, "seen")

    def test_open_lines_block_the_acceptance_until_they_are_tested_or_waived(self):
        order = self.under_test()
        self.hand_over(order)
        self.ingest(self.signal("001"), self.signal("001", qualifier="restore"))
        with self.assertRaisesRegex(UserError, "Hall, Counter"):
            order.action_accept()
        hall, button = self.line(order, self.hall), self.line(order, self.button)
        with self.assertRaises(AccessError):
            hall.action_waive("no time")
        with self.assertRaisesRegex(UserError, "why"):
            hall.with_user(self.supervisor).action_waive(" ")
        (hall | button).with_user(self.supervisor).action_waive("the hall is being painted")
        self.assertEqual(hall.waived_by_id, self.supervisor)
        self.assertEqual(hall.waive_reason, "the hall is being painted")
        self.assertTrue(
            order.message_ids.filtered(lambda message: "being painted" in (message.body or ""))
        )
        order.action_accept()
        self.assertEqual(order.state, "accepted")

    def test_a_planner_of_the_crew_waives_nothing(self):
        order = self.under_test()
        self.crew.member_ids |= self.env["hr.employee"].create(
            {"name": "Paula", "user_id": self.planner.id}
        )
        order.sudo().technician_ids |= self.planner
        with self.assertRaises(AccessError):
            self.line(order, self.hall).with_user(self.planner).action_waive("no time")

    def test_an_unsettled_finding_blocks_until_somebody_says_what_it_was(self):
        order = self.under_test()
        self.walk_all()
        self.hand_over(order)
        self.ingest(self.signal("050"))
        with self.assertRaisesRegex(UserError, "not settled"):
            order.action_accept()
        order.walk_finding_ids.action_explain("the old panel next door, now switched off")
        order.action_accept()
        self.assertEqual(order.state, "accepted")

    def test_lines_and_findings_are_written_by_nobody(self):
        order = self.under_test()
        line = self.line(order, self.door)
        for user in (self.technician, self.planner, self.supervisor):
            with self.assertRaises(AccessError):
                line.with_user(user).write({"state": "restored"})
            with self.assertRaises(AccessError):
                line.with_user(user).write({"mandatory": False})
            with self.assertRaises(AccessError):
                line.with_user(user).unlink()
        for name in ("accepted_by_id", "codes_given", "awaited_line_id"):
            with self.assertRaises(UserError):
                order.with_user(self.planner).write({name: False})

    def test_a_stranger_sees_and_does_nothing(self):
        order = self.under_test()
        line = self.line(order, self.door).with_user(self.stranger)
        for verb in (
            line.action_expect,
            line.action_retest,
            lambda: line.action_correct({"name": "x"}),
            lambda: line.action_waive("x"),
            order.with_user(self.stranger).work_walk,
        ):
            with self.assertRaises(AccessError):
                verb()
        self.assertFalse(
            self.env["alarm.walk.test.line"].with_user(self.stranger).search([])
            & order.walk_line_ids
        )

    def test_what_is_handed_over_again_changes_nothing(self):
        order = self.under_test()
        alarm = self.signal("001")
        self.ingest(alarm)
        line = self.line(order, self.door)
        line.action_retest()
        self.ingest(alarm)
        order.work_walk()
        self.assertEqual(line.state, "pending")

    def test_what_a_batch_could_not_walk_is_walked_later(self):
        order = self.under_test()
        walk = type(self.env["alarm.work.order"])._walk
        with (
            patch.object(type(self.env["alarm.work.order"]), "_walk", side_effect=ValueError),
            self.assertLogs("odoo.addons.alarm_work_order.models.alarm_signal", "ERROR"),
        ):
            answer = self.ingest(self.signal("001"))
        self.assertEqual(answer["stored"], 1)
        self.assertEqual(self.line(order, self.door).state, "pending")
        self.assertTrue(walk)
        order.work_walk()
        self.assertEqual(self.line(order, self.door).state, "seen")

    def test_signals_of_premises_without_an_order_cost_no_query(self):
        other = self.env["alarm.subscriber"].create(
            {"name": "Other", "partner_id": self.customer.id}
        )
        self.env["alarm.panel"].create(
            {
                "subscriber_id": other.id,
                "account": "7200",
                "receiver_group_id": self.group.id,
            }
        )
        other.action_submit()
        other.with_user(self.approver).action_approve()
        self.under_test()
        called = []
        self.patch(
            type(self.env["alarm.work.order"]),
            "_walk_of_signals",
            lambda orders, ids: called.append(ids),
        )
        self.ingest(*(self.signal("001", account="7200") for _number in range(5)))
        self.assertFalse(called)

    def test_signals_of_premises_in_commissioning_without_a_test_cost_one_query(self):
        signals = [self.signal("001") for _number in range(5)]
        self.ingest(*signals)
        ids = self.env["alarm.signal"].search([("account", "=", "7100")]).ids
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.env["alarm.signal"]._on_attended(ids)

    def test_the_page_hears_of_it_on_a_channel_of_the_order(self):
        order = self.under_test()
        asked = f"alarm_walk_test:{order.id}"
        self.assertIn((order, "alarm_walk_test"), self.channels(self.technician, asked))
        self.assertIn((order, "alarm_walk_test"), self.channels(self.planner, asked))
        for user in (self.stranger, self.storekeeper):
            others = self.channels(user, asked)
            self.assertNotIn((order, "alarm_walk_test"), others)
            self.assertNotIn(asked, others)
        sent = []
        self.patch(
            type(self.env["bus.bus"]),
            "_sendone",
            lambda bus, target, kind, message: sent.append((target, kind, message)),
        )
        self.ingest(self.signal("001"), self.signal("098"))
        told = [one for one in sent if one[1] == "alarm_work_order/walk_test"]
        self.assertEqual(told[-1][0], (order, "alarm_walk_test"))
        message = told[-1][2]
        self.assertEqual([line["state"] for line in message["lines"]], ["seen"])
        self.assertEqual([finding["kind"] for finding in message["findings"]], ["unknown_zone"])

    def channels(self, user, *names):
        request = Mock(session=Mock(uid=user.id))
        with patch("odoo.addons.bus.models.ir_websocket.wsrequest", new=request):
            websocket = self.env["ir.websocket"].with_user(user)
            return websocket._build_bus_channel_list(list(names))

    def test_an_extension_asks_only_for_what_is_new(self):
        self.ready()
        order = self.order(kind="extension")
        zone = self.env["alarm.zone"].create(
            {"panel_id": self.panel.id, "number": "9", "name": "Store", "detector_type": "motion"}
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE alarm_zone SET create_date = create_date - interval '1 day' WHERE id = ANY(%s)",
            [(self.door | self.hall | self.button).ids],
        )
        self.env.invalidate_all()
        order.action_schedule()
        order = self.mine(order)
        order.action_start()
        order.action_test()
        mandatory = order.walk_line_ids.filtered("mandatory")
        self.assertEqual(mandatory.zone_id, zone)
        # Who presses the button that is not of this order means it.
        self.assertFalse(order.sudo().test_mode_ids.zone_id)
        self.ingest(self.signal("003", code="122"))
        incident = self.env["alarm.incident"].search([("subscriber_id", "=", self.subscriber.id)])
        self.assertEqual(incident.event_class, "panic")
        # In service: the crew corrects nothing that is approved.
        with self.assertRaises(AccessError):
            self.line(order, zone).action_correct({"name": "Cellar"})

    def ready(self):
        self.subscriber.action_submit()
        self.subscriber.with_user(self.approver).action_approve()

    def test_areas_that_are_not_worked_on_go_on_raising_alarms(self):
        store = self.env["alarm.area"].create(
            {"panel_id": self.panel.id, "number": "2", "name": "Store"}
        )
        self.ready()
        with self.assertRaises(ValidationError), self.cr.savepoint():
            other = self.env["alarm.subscriber"].create(
                {"name": "Other", "partner_id": self.customer.id}
            )
            self.order(kind="extension", subscriber_id=other.id, test_area_ids=store.ids)
        order = self.order(kind="extension", test_area_ids=store.ids)
        order.action_schedule()
        order = self.mine(order)
        order.action_start()
        test = order.sudo().test_mode_ids
        self.assertEqual((test.scope, test.area_id), ("area", store))
        self.ingest(self.signal("009", area="02"))
        raised = self.env["alarm.incident"].search([("subscriber_id", "=", self.subscriber.id)])
        self.assertFalse(raised)
        self.ingest(self.signal("001", area="01"))
        raised = self.env["alarm.incident"].search([("subscriber_id", "=", self.subscriber.id)])
        self.assertEqual(raised.event_class, "burglary")
        with self.assertRaises(AccessError):
            order.test_area_ids = False

    def test_in_service_the_site_is_on_test_only_while_somebody_works(self):
        self.ready()
        order = self.order(kind="extension", paths_expected=1)
        order.action_schedule()
        self.assertFalse(self.subscriber.on_test)
        order = self.mine(order)
        order.action_start()
        test = order.sudo().test_mode_ids
        self.assertEqual((test.user_id, test.origin), (self.technician, order))
        self.assertEqual(test.passcode_result, "not_asked")
        self.assertIn(order.name, test.authorised_name)
        order.action_test()
        # The button is on test by itself, while the matrix is walked.
        self.assertEqual(order.sudo().test_mode_ids.zone_id, self.button)
        self.walk_all()
        self.assertEqual(self.line(order, self.button).state, "seen")
        self.assertFalse(
            self.env["alarm.incident"].search([("subscriber_id", "=", self.subscriber.id)])
        )
        self.hand_over(order)
        order.action_accept()
        self.subscriber.invalidate_recordset()
        self.assertFalse(self.subscriber.on_test)
        with self.assertRaisesRegex(UserError, "second person"):
            order.action_finish()
        order.with_user(self.planner).action_finish()
        self.assertEqual(order.state, "done")

    def test_a_supervisor_opens_the_matrix_and_waives_in_it(self):
        order = self.under_test()
        action = self.env.ref("alarm_work_order.alarm_work_order_walk_test_action")
        seen = self.env["alarm.work.order"].with_user(self.supervisor)
        for view in action.view_ids:
            arch = seen.get_view(view.view_id.id, view.view_mode)["arch"]
            self.assertIn("walk_open_count", arch)
        # Also the whole form, to which a link may lead.
        form = self.env.ref("alarm_work_order.alarm_work_order_view_form")
        for user in (self.supervisor, self.storekeeper, self.technician):
            with Form(order.with_user(user), form) as opened:
                self.assertEqual(opened.name, order.name)
        [found] = seen.browse(order.id).web_read(
            {
                "name": {},
                "walk_line_ids": {"fields": {"name": {}, "state": {}}},
                "walk_finding_ids": {"fields": {"kind": {}}},
                "walk_open_count": {},
            }
        )
        self.assertEqual(found["walk_open_count"], 3)
        wizard = (
            self.env["alarm.walk.test.say"]
            .with_user(self.supervisor)
            .create({"line_ids": self.line(order, self.hall).ids, "words": "being painted"})
        )
        wizard.action_apply()
        self.assertEqual(self.line(order, self.hall).state, "waived")
