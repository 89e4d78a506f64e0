from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import MonitoringCase


@tagged("post_install", "-at_install")
class TestTestMode(MonitoringCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.area = cls.env["alarm.area"].create(
            {"panel_id": cls.panel.id, "number": "2", "name": "Store"}
        )
        cls.store = cls.env["alarm.zone"].create(
            {"panel_id": cls.panel.id, "number": "8", "name": "Store", "area_id": cls.area.id}
        )
        cls.tests = cls.env["alarm.test.mode"]
        # Who may ask for a test is tested by itself.
        cls.subscriber.company_id.alarm_test_passcode = False

    def begin(self, minutes=60, user=None, **values):
        values = {"authorised_name": "Mr Test", **values}
        subscriber = self.subscriber.with_user(user or self.dispatcher)
        test_id = subscriber.action_begin_test(minutes, "Walk test", values)
        return self.tests.browse(test_id).with_user(user or self.dispatcher)

    def decision(self, **values):
        signal = self.signal(**values)
        self.ingest(signal)
        return self.stored(signal).decision

    def kinds(self, test):
        return [entry.kind for entry in test.entry_ids.sorted("id")]

    def test_signals_of_a_subscriber_on_test_are_only_logged(self):
        test = self.begin()
        self.assertEqual(self.decision(), "log_test")
        self.assertEqual(self.decision(qualifier="restore"), "log_test")
        self.assertEqual(self.decision(code="EEE"), "log_test")
        self.assertFalse(self.open_incident())
        self.assertEqual((test.state, test.signal_count), ("active", 3))
        test.action_end("Done")
        self.assertEqual(test.state, "ended")
        self.assertEqual(self.decision(), "incident")
        self.assertEqual(self.kinds(test), ["begun", "ended_early"])

    def test_a_test_ends_by_itself(self):
        test = self.begin(minutes=30)
        later = fields.Datetime.now() + timedelta(minutes=31)
        now = later.isoformat() + "Z"
        self.assertEqual(self.decision(received_at=now, journaled_at=now), "incident")
        with patch.object(fields.Datetime, "now", lambda: later):
            test.invalidate_recordset()
            self.assertEqual(test.state, "ended")
            self.tests._log_ends()
            self.tests._log_ends()
        self.assertEqual(self.kinds(test), ["begun", "ended"])

    def test_what_was_received_on_test_and_delivered_late_is_logged(self):
        test = self.begin()
        received = (fields.Datetime.now()).isoformat() + "Z"
        test.sudo().write(
            {
                "starts_at": fields.Datetime.now() - timedelta(minutes=5),
                "ends_at": fields.Datetime.now() + timedelta(seconds=1),
            }
        )
        with patch.object(fields.Datetime, "now", lambda: test.ends_at + timedelta(hours=1)):
            self.assertEqual(self.decision(received_at=received, journaled_at=received), "log_test")

    def test_a_zone_on_test_leaves_the_others_alone(self):
        self.begin(scope="zone", zone_id=self.zone.id)
        self.assertEqual(self.decision(), "log_test")
        self.assertEqual(self.decision(zone="008"), "incident")

    def test_an_area_covers_the_zones_that_are_in_it(self):
        self.begin(scope="area", area_id=self.area.id)
        self.assertEqual(self.decision(area=None, zone="008"), "log_test")
        self.assertEqual(self.decision(area="02", zone=None, address=None), "log_test")
        self.assertEqual(self.decision(), "incident")

    def test_a_class_on_test_leaves_the_others_alone(self):
        self.begin(scope="class", event_class="burglary")
        self.assertEqual(self.decision(), "log_test")
        self.assertEqual(self.decision(code="110"), "incident")

    def test_hold_up_and_duress_are_left_out_unless_meant(self):
        test = self.begin()
        self.assertEqual(self.decision(code="121", zone=None, user="1"), "incident")
        test.action_end()
        test = self.begin(with_exempt=True)
        self.assertEqual(self.decision(code="121", zone=None, user="1"), "log_test")
        test.action_end()
        self.begin(scope="zone", zone_id=self.zone.id)
        self.assertEqual(self.decision(code="120"), "log_test")

    def test_a_restore_on_test_ends_what_was_open_before(self):
        self.assertEqual(self.decision(), "incident")
        self.begin()
        self.assertEqual(self.decision(qualifier="restore"), "restored")

    def test_no_other_subscriber_is_on_test(self):
        self.make_panel("7002")
        self.begin()
        self.assertEqual(self.decision(account="7002"), "incident")

    def test_the_subscriber_and_its_incidents_show_it(self):
        self.ingest(self.signal())
        incident = self.open_incident()
        test = self.begin()
        self.env.invalidate_all()
        self.assertTrue(self.subscriber.on_test)
        self.assertIn("Walk test", self.subscriber.test_words)
        self.assertTrue(incident.on_test)
        self.assertEqual(incident.entry_ids.sorted("id")[-1].kind, "test")
        found = self.env["alarm.subscriber"].search([("on_test", "=", True)])
        self.assertIn(self.subscriber, found)
        self.assertEqual(self.tests.search([("state", "=", "active")]) & test, test)
        test.action_end()
        self.env.invalidate_all()
        self.assertFalse(self.subscriber.on_test)
        self.assertNotIn(
            self.subscriber, self.env["alarm.subscriber"].search([("on_test", "=", True)])
        )

    def test_an_extension_is_logged_and_only_lengthens(self):
        test = self.begin(minutes=60)
        with self.assertRaises(UserError):
            test.action_extend(30, "Shorter")
        with self.assertRaises(UserError):
            test.action_extend(120, " ")
        test.action_extend(120, "Still wiring")
        self.assertEqual(self.kinds(test), ["begun", "extended"])
        self.assertIn("Still wiring", test.entry_ids.sorted("id")[-1].text)
        self.assertEqual(test.entry_ids[0].author, "Anna")

    def test_each_group_has_its_longest_test(self):
        self.subscriber.company_id.write({"alarm_test_hours": 2, "alarm_test_hours_supervisor": 10})
        with self.assertRaisesRegex(UserError, "2 hours"):
            self.begin(minutes=121)
        test = self.begin(minutes=120)
        with self.assertRaises(UserError):
            test.action_extend(121, "Longer")
        test.with_user(self.supervisor).action_extend(600, "Longer")
        for minutes in (0, -1, True, "60", 1.5):
            with self.assertRaises(ValidationError):
                self.begin(minutes=minutes)

    def test_a_test_names_who_asked_and_what_for(self):
        with self.assertRaises(UserError):
            self.begin(authorised_name="")
        with self.assertRaises(UserError):
            self.subscriber.with_user(self.dispatcher).action_begin_test(
                60, "", {"authorised_name": "X"}
            )
        with self.assertRaises(UserError):
            self.begin(scope="zone")

    def test_a_part_of_somebody_else_is_refused(self):
        other = self.make_panel("7002")
        zone = self.env["alarm.zone"].create({"panel_id": other.id, "number": "1", "name": "Z"})
        with self.assertRaises(ValidationError):
            self.begin(scope="zone", zone_id=zone.id)

    def test_only_verbs_change_a_test_and_only_a_dispatcher_may(self):
        test = self.begin()
        for user in (self.dispatcher, self.supervisor):
            with self.assertRaises(UserError):
                test.with_user(user).write({"reason": "No"})
            with self.assertRaises(UserError):
                test.with_user(user).unlink()
        reader = new_test_user(self.env, "test-reader", groups="alarm_subscriber.group_reader")
        self.assertTrue(test.with_user(reader).reason)
        with self.assertRaises(AccessError):
            test.with_user(reader).action_end()
        with self.assertRaises(AccessError):
            self.begin(user=reader)
        with self.assertRaises(UserError):
            test.entry_ids.sudo().write({"text": "No"})

    def test_an_ended_test_stays_ended(self):
        test = self.begin()
        test.action_end()
        with self.assertRaises(UserError):
            test.action_end()
        with self.assertRaises(UserError):
            test.action_extend(100, "Again")

    def test_another_company_does_not_see_it(self):
        test = self.begin()
        company = self.env["res.company"].create({"name": "Other centre"})
        stranger = new_test_user(
            self.env,
            "test-stranger",
            groups="alarm_monitoring.group_dispatcher",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        self.assertFalse(self.tests.with_user(stranger).search([("id", "=", test.id)]))
        with self.assertRaises(AccessError):
            test.with_user(stranger).action_end()
        with self.assertRaises(AccessError):
            self.begin(user=stranger)

    def test_the_wizards_ask_and_apply(self):
        self.env["alarm.test.begin"].with_user(self.dispatcher).create(
            {
                "subscriber_id": self.subscriber.id,
                "scope": "zone",
                "zone_id": self.zone.id,
                "hours": 1.5,
                "reason": "Battery",
                "authorised_name": "Mr Test",
            }
        ).action_apply()
        test = self.tests.search([("subscriber_id", "=", self.subscriber.id)])
        self.assertEqual(test.ends_at - test.starts_at, timedelta(minutes=90))
        self.env["alarm.test.extend"].with_user(self.dispatcher).create(
            {"test_mode_id": test.id, "hours": 3, "reason": "Rain"}
        ).action_apply()
        self.assertEqual(self.kinds(test), ["begun", "extended"])

    def test_tests_cost_one_query_a_batch(self):
        for number in range(20):
            panel = self.make_panel(f"4{number:03d}")
            panel.subscriber_id.with_user(self.dispatcher).action_begin_test(
                60, "Test", {"authorised_name": "X"}
            )
        self.ingest(self.signal(account="4000"))
        counts = []
        for size in (5, 20):
            signals = [self.signal(account=f"4{number:03d}") for number in range(size)]
            before = self.env.cr.sql_log_count
            self.ingest(*signals)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
