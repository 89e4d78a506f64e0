from unittest.mock import patch

from odoo.tests import tagged

from .common import MonitoringCase


@tagged("post_install", "-at_install")
class TestDecide(MonitoringCase):
    def kinds(self, incident):
        return [entry.kind for entry in incident.entry_ids.sorted("id")]

    def test_an_alarm_makes_an_incident_that_says_why(self):
        signal = self.signal()
        self.ingest(signal)
        incident = self.open_incident()
        self.assertEqual(incident.state, "queued")
        self.assertEqual(incident.subscriber_id, self.subscriber)
        self.assertEqual(incident.priority, "2")
        self.assertEqual(incident.event_class, "burglary")
        self.assertEqual(incident.event_code_id.code, "130")
        self.assertEqual(incident.reason_kind, "rule_class")
        self.assertIn("130", incident.reason)
        self.assertEqual(incident.signal_ids, self.stored(signal))
        self.assertEqual(self.stored(signal).decision, "incident")
        self.assertEqual(self.kinds(incident), ["created", "signal"])

    def test_a_second_alarm_joins_and_may_raise_the_priority(self):
        self.ingest(self.signal())
        incident = self.open_incident()
        incident.with_user(self.dispatcher).action_take()
        self.ingest(self.signal(code="110", zone="001"), self.signal(zone="006"))
        self.assertEqual(self.open_incident(), incident)
        self.assertEqual(incident.signal_count, 3)
        self.assertEqual(incident.priority, "1")
        self.assertEqual(incident.event_class, "fire")
        self.assertEqual(incident.user_id, self.dispatcher)
        self.assertEqual(incident.state, "working")

    def test_a_resolved_incident_is_not_joined(self):
        self.ingest(self.signal())
        first = self.open_incident().with_user(self.dispatcher)
        first.action_take()
        first.action_resolve("FA", "")
        self.ingest(self.signal())
        self.assertTrue(self.open_incident())
        self.assertNotEqual(self.open_incident(), first)

    def test_two_alarms_in_one_batch_make_one_incident(self):
        self.make_panel("7002")
        self.ingest(self.signal(), self.signal(account="7002"), self.signal(zone="006"))
        self.assertEqual(self.open_incident().signal_count, 2)

    def test_the_most_urgent_of_a_batch_names_the_incident(self):
        self.ingest(self.signal(), self.signal(code="110", zone="001"))
        incident = self.open_incident()
        self.assertEqual((incident.priority, incident.event_class), ("1", "fire"))
        self.assertEqual(incident.event_code_id.code, "110")

    def test_a_restore_joins_what_it_restores(self):
        self.ingest(self.signal())
        restore = self.signal(qualifier="restore")
        self.ingest(restore)
        incident = self.open_incident()
        self.assertEqual(self.stored(restore).decision, "restored")
        self.assertEqual(incident.signal_count, 2)
        self.assertEqual(self.kinds(incident)[-1], "restored")

    def test_a_restore_never_makes_an_incident(self):
        alone = self.signal(qualifier="restore")
        self.ingest(alone)
        self.assertFalse(self.open_incident())
        self.assertEqual(self.stored(alone).decision, "log_restore")
        self.ingest(self.signal())
        other_zone = self.signal(qualifier="restore", zone="009")
        self.ingest(other_zone)
        self.assertEqual(self.stored(other_zone).decision, "log_restore")
        self.assertEqual(self.open_incident().signal_count, 1)

    def test_sia_says_restore_in_the_code(self):
        sia = {"code_system": "sia", "qualifier": None}
        alarm, restore = self.signal(code="BA", **sia), self.signal(code="BR", **sia)
        trouble_restore = self.signal(code="YR", zone=None, address=None, **sia)
        self.ingest(alarm, restore, trouble_restore)
        self.assertEqual(self.stored(alarm).decision, "incident")
        self.assertEqual(self.stored(restore).decision, "restored")
        self.assertEqual(self.stored(trouble_restore).decision, "log_restore")

    def test_a_cancel_joins_an_open_incident_and_makes_none(self):
        alone = self.signal(code="406", zone=None, user="1")
        self.ingest(alone)
        self.assertFalse(self.open_incident())
        cancel = self.signal(code="406", zone=None, user="1")
        self.ingest(self.signal(), cancel)
        self.assertEqual(self.stored(cancel).decision, "cancelled")
        self.assertEqual(self.open_incident().signal_count, 2)

    def test_log_only_classes_make_no_incident(self):
        logged = [
            self.signal(code="401", qualifier="new", zone=None, user="1"),
            self.signal(code="570"),
            self.signal(code="602"),
            self.signal(code="627"),
            self.signal(code="421"),
        ]
        self.ingest(*logged)
        self.assertFalse(self.open_incident())
        self.assertEqual({self.stored(signal).decision for signal in logged}, {"log_rule"})
        self.assertFalse(self.env["alarm.signal.pending"].search([]))

    def test_low_priority_classes_make_an_incident(self):
        for code, priority in (("301", "4"), ("383", "3"), ("200", "4")):
            panel = self.make_panel(f"8{code}")
            self.ingest(self.signal(account=panel.account, code=code))
            incident = self.open_incident(f"subscriber:{panel.subscriber_id.id}")
            self.assertEqual(incident.priority, priority, code)

    def test_a_rule_for_a_code_beats_the_rule_for_its_class(self):
        code = self.env.ref("alarm_monitoring.event_code_cid_130")
        rule = self.env["alarm.event.rule"].create(
            {"event_code_id": code.id, "handling": "incident", "priority": "5"}
        )
        self.ingest(self.signal())
        incident = self.open_incident()
        self.assertEqual((incident.priority, incident.reason_kind), ("5", "rule_code"))
        rule.handling = "log"
        logged = self.signal()
        self.ingest(logged)
        self.assertEqual(self.stored(logged).decision, "log_rule")

    def test_signals_of_inactive_subscribers_are_only_logged(self):
        for state, decision in (
            ("draft", "log_state"),
            ("commissioning", "log_commissioning"),
            ("suspended", "log_state"),
            ("terminated", "log_state"),
        ):
            panel = self.make_panel(f"9{state}"[:8], state)
            signal = self.signal(account=panel.account)
            self.ingest(signal)
            self.assertEqual(self.stored(signal).decision, decision)
            self.assertFalse(self.open_incident(f"subscriber:{panel.subscriber_id.id}"))

    def test_a_repeat_on_the_link_joins_flagged(self):
        first = self.signal()
        self.ingest(first)
        repeat = self.signal(repeat_of=first["uid"])
        self.ingest(repeat)
        self.assertEqual(self.stored(repeat).decision, "repeat")
        links = self.open_incident().link_ids
        self.assertEqual(sorted(links.mapped("role")), ["alarm", "repeat"])

    def test_a_repeat_of_what_never_came_is_an_alarm(self):
        lonely = self.signal(repeat_of="e0:test-1:1")
        self.ingest(lonely)
        self.assertEqual(self.stored(lonely).decision, "incident")
        self.assertTrue(self.open_incident())

    def test_a_repeat_of_a_logged_signal_is_logged(self):
        alone = self.signal(qualifier="restore")
        repeat = self.signal(qualifier="restore", repeat_of=alone["uid"])
        self.ingest(alone, repeat)
        self.assertEqual(self.stored(repeat).decision, "log_repeat")

    def test_unknown_accounts_share_one_incident_until_registered(self):
        first, second = self.signal(account="0BAD"), self.signal(account="BAD", code="602")
        self.ingest(first, second)
        incident = self.open_incident(f"account:{self.group.id}:BAD")
        self.assertEqual(incident.signal_count, 2)
        self.assertEqual(incident.event_class, "other")
        self.assertFalse(incident.subscriber_id)
        self.assertIn("0BAD", incident.reason)
        panel = self.make_panel("BAD")
        self.assertEqual((self.stored(first) + self.stored(second)).panel_id, panel)
        self.assertEqual(self.stored(first).company_id, panel.company_id)
        incident.invalidate_recordset()
        self.assertEqual(incident.subscriber_id, panel.subscriber_id)
        self.assertEqual(self.kinds(incident)[-1], "matched")

    def test_an_unknown_code_is_shown(self):
        signal = self.signal(code="EEE")
        self.ingest(signal)
        incident = self.open_incident()
        self.assertEqual((incident.event_class, incident.reason_kind), ("other", "unknown_code"))
        self.assertIn("EEE", incident.reason)

    def test_an_unknown_receiver_is_shown(self):
        signal = self.signal(receiver="nobody")
        self.ingest(signal)
        self.assertFalse(self.stored(signal).receiver_id)
        incident = self.open_incident("receiver:test-bridge-1:nobody")
        self.assertEqual(incident.reason_kind, "unknown_receiver")

    def test_unparsed_data_is_shown(self):
        nothing = dict.fromkeys(("account", "code_system", "code", "qualifier", "zone", "address"))
        for _time in range(2):
            self.ingest(self.signal(kind="unparsed", **nothing))
        incident = self.open_incident("unparsed:test-1")
        self.assertEqual((incident.event_class, incident.signal_count), ("other", 2))

    def test_a_receiver_without_account_speaks_for_itself(self):
        signal = self.signal(account=None, kind="receiver_status", code="YD", code_system="sia")
        self.ingest(signal)
        self.assertTrue(self.open_incident("line:test-1"))

    def test_a_signal_that_was_stored_but_not_decided_is_decided_when_sent_again(self):
        signal = self.signal()
        with patch.object(type(self.env["alarm.incident"]), "_decide"):
            self.ingest(signal)
        self.assertEqual(self.stored(signal).decision, "pending")
        self.assertEqual(self.ingest(signal)["duplicates"], 1)
        self.assertEqual(self.stored(signal).decision, "incident")
