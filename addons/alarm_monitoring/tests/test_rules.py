from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import MonitoringCase


@tagged("post_install", "-at_install")
class TestRules(MonitoringCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category = cls.env["alarm.subscriber.category"].create({"name": "Vault"})
        cls.rules = cls.env["alarm.event.rule"]

    def rule(self, **values):
        return self.rules.create({"event_class": "burglary", **values})

    def at(self, seconds, **values):
        """A signal received so many seconds ago."""
        moment = (fields.Datetime.now() - timedelta(seconds=seconds)).isoformat() + "Z"
        return self.signal(received_at=moment, journaled_at=moment, **values)

    def kinds(self, incident):
        return incident.entry_ids.sorted("id").mapped("kind")

    def test_the_narrowest_scope_decides_and_the_incident_says_whose_rule(self):
        self.subscriber.category_id = self.category
        steps = (
            ({"scope": "category", "category_id": self.category.id, "priority": "4"}, "Vault"),
            ({"scope": "subscriber", "subscriber_id": self.subscriber.id, "priority": "3"}, "this"),
            ({"scope": "zone", "zone_id": self.zone.id, "priority": "5"}, "Back door"),
        )
        for values, word in steps:
            self.rule(**values)
            self.ingest(self.signal())
            incident = self.open_incident()
            self.assertEqual(incident.priority, values["priority"])
            self.assertEqual(incident.reason_scope, values["scope"])
            self.assertIn(word, incident.reason)
            incident.with_user(self.supervisor).action_cancel("Next")
        self.ingest(self.signal(zone="009"))
        self.assertEqual(self.open_incident().priority, "3")

    def test_a_rule_for_a_kind_holds_for_the_kinds_below_it_unless_they_have_their_own(self):
        inner = self.category.create({"name": "Inner Vault", "parent_id": self.category.id})
        self.subscriber.category_id = inner.create({"name": "Safe", "parent_id": inner.id})
        self.rule(scope="category", category_id=self.category.id, priority="4")
        self.ingest(self.signal())
        incident = self.open_incident()
        self.assertEqual(incident.priority, "4")
        self.assertIn("“Vault”", incident.reason)
        incident.with_user(self.supervisor).action_cancel("Next")
        # Wider in what it is about, but nearer.
        self.rule(scope="category", category_id=inner.id, event_class=False, priority="5")
        self.ingest(self.signal())
        incident = self.open_incident()
        self.assertEqual(incident.priority, "5")
        self.assertIn("“Inner Vault”", incident.reason)

    def test_a_kind_that_is_moved_takes_the_rules_of_where_it_goes(self):
        inner = self.category.create({"name": "Inner Vault"})
        self.subscriber.category_id = inner
        self.rule(scope="category", category_id=self.category.id, handling="log")
        before, after = self.signal(), self.signal()
        self.ingest(before)
        self.assertEqual(self.stored(before).decision, "incident")
        inner.parent_id = self.category
        self.ingest(after)
        self.assertEqual(self.stored(after).decision, "log_rule")

    def test_an_archived_kind_still_hands_down_its_rules(self):
        self.subscriber.category_id = self.category.create(
            {"name": "Inner Vault", "parent_id": self.category.id}
        )
        self.rule(scope="category", category_id=self.category.id, handling="log")
        self.category.active = False
        signal = self.signal()
        self.ingest(signal)
        self.assertEqual(self.stored(signal).decision, "log_rule")

    def test_a_zone_may_only_be_logged_whatever_it_sends(self):
        self.rule(event_class=False, scope="zone", zone_id=self.zone.id, handling="log")
        signal, other = self.signal(code="110"), self.signal(zone="009")
        self.ingest(signal, other)
        self.assertEqual(self.stored(signal).decision, "log_rule")
        self.assertEqual(self.stored(other).decision, "incident")

    def test_a_rule_of_another_subscriber_means_nothing_here(self):
        other = self.make_panel("7002").subscriber_id
        self.rule(scope="subscriber", subscriber_id=other.id, handling="log")
        signal = self.signal()
        self.ingest(signal)
        self.assertEqual(self.stored(signal).decision, "incident")

    def test_a_rule_names_its_scope_and_no_other(self):
        with self.assertRaises(ValidationError):
            self.rule(kind="delay", scope="zone")
        with self.assertRaises(ValidationError):
            self.rule(scope="all", event_class=False)
        with self.assertRaises(ValidationError):
            self.rule(kind="delay", scope="all", category_id=self.category.id)
        with self.assertRaises(ValidationError):
            self.rule(
                kind="two_knock", scope="subscriber", subscriber_id=self.subscriber.id,
                seconds=60, count=1,
            )  # fmt: skip

    def test_what_a_restore_ends_in_time_is_never_shown(self):
        self.rule(event_class="trouble", kind="delay", seconds=300)
        alarm = self.signal(code="301", zone=None, address=None)
        self.ingest(alarm)
        incident = self.open_incident()
        self.assertEqual(incident.state, "delayed")
        self.assertIn("restore", incident.hints)
        with self.assertRaises(UserError):
            incident.with_user(self.dispatcher).action_take()
        restore = self.signal(code="301", qualifier="restore", zone=None, address=None)
        self.ingest(restore)
        self.assertEqual(incident.state, "auto_completed")
        self.assertTrue(incident.closed_at)
        self.assertEqual(self.stored(restore).decision, "restored")
        self.assertEqual(self.kinds(incident)[-1], "auto_completed")

    def test_alarm_and_restore_in_one_batch_complete_and_the_next_begins_anew(self):
        self.rule(event_class="trouble", kind="delay", seconds=300)
        nothing = {"code": "301", "zone": None, "address": None}
        self.ingest(
            self.signal(**nothing),
            self.signal(qualifier="restore", **nothing),
            self.signal(**nothing),
        )
        incidents = self.env["alarm.incident"].search(
            [("subscriber_id", "=", self.subscriber.id)], order="id"
        )
        self.assertEqual(incidents.mapped("state"), ["auto_completed", "delayed"])

    def test_only_the_last_restore_completes(self):
        self.rule(event_class="trouble", kind="delay", seconds=300)
        for zone in ("001", "002"):
            self.ingest(self.signal(code="380", zone=zone))
        incident = self.open_incident()
        self.ingest(self.signal(code="380", zone="001", qualifier="restore"))
        self.assertEqual(incident.state, "delayed")
        self.ingest(self.signal(code="380", zone="002", qualifier="restore"))
        self.assertEqual(incident.state, "auto_completed")

    def test_what_has_waited_is_shown(self):
        self.rule(event_class="trouble", kind="delay", seconds=300)
        self.ingest(self.signal(code="301"))
        incident = self.open_incident()
        self.env["alarm.incident"]._queue_delayed()
        self.assertEqual(incident.state, "delayed")
        before = incident.queued_at
        incident._write_private({"delayed_until": fields.Datetime.now() - timedelta(seconds=1)})
        self.env["alarm.incident"]._queue_delayed()
        self.assertEqual(incident.state, "queued")
        self.assertGreaterEqual(incident.queued_at, before)
        self.assertEqual(self.kinds(incident)[-1], "due")

    def test_what_may_not_wait_shows_what_waits(self):
        self.rule(event_class="trouble", kind="delay", seconds=300)
        self.ingest(self.signal(code="301"))
        incident = self.open_incident()
        self.ingest(self.signal(code="110"))
        self.assertEqual((incident.state, incident.priority), ("queued", "1"))

    def test_a_second_zone_within_the_time_raises_the_priority(self):
        self.ingest(self.at(100))
        incident = self.open_incident()
        self.ingest(self.at(90))
        self.assertEqual((incident.priority, incident.two_knock), ("2", False))
        self.ingest(self.at(60, zone="006"))
        self.assertEqual((incident.priority, incident.two_knock), ("1", True))
        self.assertIn("two_knock", self.kinds(incident))
        self.assertIn("Confirmed", incident.hints)

    def test_two_zones_of_one_batch_are_two_knocks(self):
        self.ingest(self.at(10), self.at(5, zone="006"))
        incident = self.open_incident()
        self.assertEqual((incident.priority, incident.two_knock), ("1", True))

    def test_a_second_zone_much_later_is_none(self):
        self.ingest(self.at(3600))
        self.ingest(self.at(10, zone="006"))
        self.assertEqual(
            (self.open_incident().priority, self.open_incident().two_knock), ("2", False)
        )

    def test_a_flood_is_one_incident_that_says_so(self):
        flood = [self.at(30 - i / 10) for i in range(40)]
        self.ingest(*flood)
        incident = self.open_incident()
        self.assertTrue(incident.runaway)
        self.assertIn("Flood", incident.hints)
        self.assertEqual(incident.signal_count, 40)
        decisions = [self.stored(signal).decision for signal in flood]
        self.assertEqual((decisions.count("incident"), decisions.count("runaway")), (21, 19))
        kinds = self.kinds(incident)
        self.assertEqual((kinds.count("signal"), kinds.count("runaway")), (21, 1))
        # Dealt with while it lasts: it does not come back, but another zone does.
        incident.with_user(self.dispatcher).action_take()
        incident.with_user(self.dispatcher).action_resolve("FA", "Loose contact")
        self.ingest(*[self.at(20 - i / 10) for i in range(10)])
        self.assertFalse(self.open_incident())
        self.assertEqual(incident.signal_count, 50)
        self.ingest(self.at(10, zone="006"))
        self.assertTrue(self.open_incident())

    def test_a_quiet_source_is_heard_again(self):
        self.ingest(*[self.at(900 - i / 10) for i in range(30)])
        incident = self.open_incident().with_user(self.dispatcher)
        incident.action_take()
        incident.action_resolve("FA", "")
        self.ingest(self.at(1))
        self.assertTrue(self.open_incident())
        self.assertFalse(self.open_incident().runaway)

    def test_an_alarm_just_after_closing_may_be_an_exit_error(self):
        closing = {"code": "401", "qualifier": "restore", "zone": None, "user": "1"}
        self.ingest(self.at(45, **closing), self.at(10))
        incident = self.open_incident()
        self.assertEqual(incident.exit_error_seconds, 35)
        self.assertIn("35", incident.hints)
        self.assertIn("exit_error", self.kinds(incident))

    def test_an_opening_or_a_closing_long_ago_is_no_exit_error(self):
        opening = {"code": "401", "qualifier": "new", "zone": None, "user": "1"}
        closing = {**opening, "qualifier": "restore"}
        self.ingest(self.at(1000, **closing), self.at(45, **opening), self.at(10))
        self.assertFalse(self.open_incident().exit_error_seconds)

    def test_what_is_not_restored_stays_on_the_list(self):
        unrestored = self.env["alarm.unrestored"]
        mine = [("subscriber_id", "=", self.subscriber.id)]
        self.ingest(self.signal(), self.signal(code="301", zone=None, address=None))
        self.ingest(self.signal())
        self.assertEqual(len(unrestored.search(mine)), 2)
        incident = self.open_incident().with_user(self.dispatcher)
        incident.action_take()
        incident.action_resolve("FA", "")
        self.ingest(self.signal(qualifier="restore"))
        left = unrestored.search(mine)
        self.assertEqual(left.event_code_id.code, "301")
        with self.assertRaises(UserError):
            left.with_user(self.dispatcher).action_set_aside()
        left.with_user(self.supervisor).action_set_aside()
        self.assertFalse(unrestored.search(mine))
        self.assertIn("set_aside", self.kinds(incident))

    def test_alarm_and_restore_in_one_batch_leave_nothing(self):
        self.ingest(self.signal(), self.signal(qualifier="restore"))
        self.assertFalse(
            self.env["alarm.unrestored"].search([("subscriber_id", "=", self.subscriber.id)])
        )

    def test_old_signals_of_an_unknown_account_are_not_swept(self):
        old, fresh = self.at(40 * 86400, account="CAFE"), self.at(10, account="CAFE")
        self.ingest(old, fresh)
        panel = self.make_panel("CAFE")
        self.assertFalse(self.stored(old).panel_id)
        self.assertEqual(self.stored(fresh).panel_id, panel)
