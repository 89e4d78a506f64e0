from contextlib import closing
from unittest.mock import patch

from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import alarm_incident_decide, alarm_incident_undecided, alarm_signal_store
from ..tools.locks import NAMESPACE, lock_numbers
from .common import MonitoringCase

LOGGERS = (
    "odoo.addons.alarm_monitoring.models.alarm_incident_decide",
    "odoo.addons.alarm_monitoring.models.alarm_signal_store",
)


@tagged("post_install", "-at_install")
class TestUndecided(MonitoringCase):
    """The rules fail: the signal is on the board all the same, and is tried again."""

    def test_a_bare_incident_at_once_and_the_decision_later(self):
        signal = self.signal()
        with mute_logger(*LOGGERS):
            with patch.object(alarm_incident_decide, "triage", side_effect=ZeroDivisionError):
                self.assertEqual(self.ingest(signal)["stored"], 1)
        incident = self.open_incident()
        self.assertEqual(incident.reason_kind, "undecided")
        self.assertEqual(incident.priority, "1")
        self.assertEqual(incident.signal_ids, self.stored(signal))
        pending = self.env["alarm.signal.pending"].search([])
        self.assertEqual((pending.signal_id, pending.attempts), (self.stored(signal), 1))
        self.env["alarm.incident"]._decide(pending.signal_id.ids)
        self.assertEqual(self.stored(signal).decision, "incident")
        self.assertFalse(self.env["alarm.signal.pending"].search([]))
        self.assertEqual(incident.signal_count, 1)

    def test_one_signal_that_fails_does_not_hold_up_the_others(self):
        self.make_panel("7002")
        bad, good = self.signal(account="7002"), self.signal()

        def triage(facts, book, original=alarm_incident_decide.triage):
            if facts.account == "7002":
                raise ZeroDivisionError("rules are broken")
            return original(facts, book)

        with mute_logger(*LOGGERS), patch.object(alarm_incident_decide, "triage", triage):
            self.ingest(bad, good)
        self.assertEqual(self.stored(good).decision, "incident")
        self.assertEqual(self.stored(bad).decision, "pending")

    def test_a_signal_that_cannot_even_be_judged_is_stored_and_shown(self):
        signal = self.signal()
        with mute_logger(*LOGGERS):
            with (
                patch.object(alarm_incident_decide, "triage", side_effect=ZeroDivisionError),
                patch.object(alarm_signal_store, "triage", side_effect=ZeroDivisionError),
            ):
                self.ingest(signal)
        self.assertEqual(self.open_incident().signal_ids, self.stored(signal))

    def test_after_too_many_failures_the_bare_incident_is_all(self):
        signal = self.signal()
        incidents = self.env["alarm.incident"]
        with mute_logger(*LOGGERS):
            with patch.object(alarm_incident_decide, "triage", side_effect=ZeroDivisionError):
                self.ingest(signal)
                for _attempt in range(alarm_incident_undecided.MAX_ATTEMPTS):
                    incidents._decide(self.stored(signal).ids)
        self.env.invalidate_all()
        self.assertEqual(self.stored(signal).decision, "undecided")
        self.assertFalse(self.env["alarm.signal.pending"].search([]))
        self.assertEqual(self.open_incident().signal_count, 1)

    def test_the_tick_decides_what_was_left(self):
        signal = self.signal()
        with patch.object(type(self.env["alarm.incident"]), "_decide"):
            self.ingest(signal)
        self.env.cr.execute("UPDATE alarm_signal_pending SET since = since - interval '1 minute'")
        self.env.invalidate_all()
        self.beat()
        self.assertEqual(self.stored(signal).decision, "incident")

    def test_what_waits_follows_its_panel(self):
        signal = self.signal(account="ABBA")
        with patch.object(type(self.env["alarm.incident"]), "_decide"):
            self.ingest(signal)
        panel = self.make_panel("ABBA")
        self.env.cr.execute("UPDATE alarm_signal_pending SET since = since - interval '1 minute'")
        self.env.invalidate_all()
        self.beat()
        self.assertEqual(
            self.open_incident(f"subscriber:{panel.subscriber_id.id}").signal_ids,
            self.stored(signal),
        )

    def test_a_locked_matter_is_raised_bare_and_holds_up_no_other(self):
        """Whoever holds the lock hangs."""
        self.make_panel("7002")
        stuck, good = self.signal(), self.signal(account="7002")
        with closing(db_connect(self.env.cr.dbname).cursor()) as other:
            [number] = lock_numbers({f"subscriber:{self.subscriber.id}"})
            other.execute("SELECT pg_advisory_lock(%s, %s)", [NAMESPACE, number])
            try:
                with mute_logger(*LOGGERS, "odoo.sql_db"):
                    self.ingest(stuck, good)
            finally:
                # A connection that goes back to its pool keeps the lock.
                other.execute("SELECT pg_advisory_unlock_all()")
        self.assertEqual(self.stored(good).decision, "incident")
        self.assertEqual(self.stored(stuck).decision, "pending")
        self.assertEqual(self.open_incident().reason_kind, "undecided")
        self.env["alarm.incident"]._decide(self.stored(stuck).ids)
        self.assertEqual(self.stored(stuck).decision, "incident")
        self.assertEqual(self.open_incident().signal_count, 1)
