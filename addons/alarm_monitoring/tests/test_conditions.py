from unittest.mock import patch

from odoo.tests import BaseCase, tagged

from ..tools.conditions import split_reason
from ..tools.heartbeat import parse_status
from .common import MonitoringCase


@tagged("post_install", "-at_install")
class TestConditions(MonitoringCase):
    """What a bridge's heartbeat says is wrong with it."""

    def key(self, code):
        return f"condition:test-bridge-1:{code}"

    def say(self, *codes, **values):
        said = [{"code": code, "detail": f"{code} detail"} for code in codes]
        self.beat(conditions=said, **values)

    def kinds(self, code):
        return self.open_incident(self.key(code)).entry_ids.sorted("id").mapped("kind")

    def test_a_failing_journal_is_raised_at_once_and_most_urgent(self):
        self.say("journal_failing")
        incident = self.open_incident(self.key("journal_failing"))
        self.assertEqual((incident.priority, incident.reason_kind), ("1", "bridge_condition"))
        self.assertEqual(
            incident.reason,
            "Bridge test-bridge-1: The journal cannot be written: nothing is acknowledged"
            " (journal_failing detail)",
        )

    def test_a_bridge_that_only_says_so_of_its_journal_is_understood(self):
        self.beat(journal="failing")
        self.assertEqual(self.open_incident(self.key("journal_failing")).priority, "1")
        self.beat(journal="ok")
        self.assertEqual(self.kinds("journal_failing"), ["created", "restored"])

    def test_it_is_raised_once_and_its_end_noted_once(self):
        for _beat in range(3):
            self.say("disk_low")
        self.assertEqual(self.kinds("disk_low"), ["created"])
        for _beat in range(3):
            self.say()
        self.assertEqual(self.kinds("disk_low"), ["created", "restored"])
        self.say("disk_low")
        self.assertEqual(self.kinds("disk_low"), ["created", "restored", "note"])

    def test_what_is_over_is_marked_until_it_comes_again(self):
        self.say("disk_low")
        incident = self.open_incident(self.key("disk_low"))
        self.assertFalse(incident.cause_over)
        self.say()
        self.assertTrue(incident.cause_over)
        self.say("disk_low")
        self.assertFalse(incident.cause_over)

    def test_its_log_is_in_words(self):
        self.say("disk_low")
        self.say()
        made, ended = self.open_incident(self.key("disk_low")).entry_ids.sorted("id")
        words = "Bridge test-bridge-1: The disk is almost full (disk_low detail)"
        self.assertEqual((made.description, ended.description), (words, words))

    def test_what_the_bridge_has_a_door_or_a_line_for_is_named(self):
        conditions = self.env["alarm.bridge.condition"]
        words = "Receiver ip-1: its connection cannot be opened"
        self.assertEqual(conditions._words_of("door_closed_ip-1"), words)
        self.say("accounts_lost")
        self.assertIn("Many panels", self.open_incident(self.key("accounts_lost")).reason)

    def test_each_condition_is_a_matter_of_its_own(self):
        self.say("disk_low", "clock_jump")
        self.say("clock_jump")
        self.assertEqual(self.kinds("disk_low"), ["created", "restored"])
        self.assertEqual(self.kinds("clock_jump"), ["created"])

    def test_a_code_that_nobody_knows_is_shown_itself(self):
        self.say("flux_low")
        incident = self.open_incident(self.key("flux_low"))
        self.assertIn("flux_low", incident.reason)
        self.assertEqual(incident.priority, "2")

    def test_a_new_detail_is_kept_and_raises_nothing(self):
        self.say("disk_low")
        self.beat(conditions=[{"code": "disk_low", "detail": "1 % left"}])
        self.assertEqual(self.receiver.condition_ids.detail, "1 % left")
        self.assertEqual(self.kinds("disk_low"), ["created"])

    def test_conditions_of_two_bridges_are_apart(self):
        self.say("disk_low")
        self.say(bridge="test-bridge-2")
        self.assertEqual(self.kinds("disk_low"), ["created"])
        self.assertEqual(self.receiver.condition_ids.bridge_status_id.name, "test-bridge-1")

    def test_what_cannot_be_raised_is_logged_and_raised_by_the_next_heartbeat(self):
        incidents = type(self.env["alarm.incident"])
        module = "odoo.addons.alarm_monitoring.models.alarm_bridge_condition"
        with (
            patch.object(incidents, "_raise_matter", side_effect=ZeroDivisionError),
            self.assertLogs(module, "ERROR"),
        ):
            self.say("disk_low")
        self.assertEqual(self.receiver.state, "online")
        self.assertFalse(self.receiver.condition_ids)
        self.say("disk_low")
        self.assertEqual(self.kinds("disk_low"), ["created"])

    def test_known_codes_are_words_in_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        conditions = self.env["alarm.bridge.condition"].with_context(lang="zh_CN")
        self.assertEqual(conditions._words_of("disk_low"), "磁盘空间不足")


@tagged("post_install", "-at_install")
class TestHeartbeatText(BaseCase):
    def conditions(self, text):
        return [(one.code, one.detail) for one in parse_status(text).conditions]

    def test_what_is_no_condition_is_left_out(self):
        text = '{"bridge": "b", "conditions": [1, {}, {"code": 5}, {"code": " "}, {"code": "a"}]}'
        self.assertEqual(self.conditions(text), [("a", None)])
        self.assertEqual(self.conditions('{"bridge": "b", "conditions": "x"}'), [])

    def test_a_code_is_one_short_word(self):
        text = '{"bridge": "b", "conditions": [{"code": "a: b", "detail": "d"}]}'
        self.assertEqual(self.conditions(text), [("a_b", "d")])
        self.assertEqual(split_reason("a_b: hq: x: y"), ("a_b", "hq", "x: y"))

    def test_saying_nothing_of_receivers_is_not_having_none(self):
        self.assertIsNone(parse_status('{"bridge": "b"}').receivers)
        self.assertEqual(parse_status('{"bridge": "b", "receivers": []}').receivers, ())

    def test_a_bridge_that_knows_of_no_other_hands_over_itself(self):
        status = parse_status(
            '{"bridge": "b", "receivers": [{"name": "r"}, {"name": "s", "sending": false}]}'
        )
        self.assertEqual([one.sending for one in status.receivers], [True, False])
