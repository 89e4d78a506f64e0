from odoo.tests import tagged

from ..tools.bridge_signals import Tick, tick_of
from .common import MonitoringCase


@tagged("post_install", "-at_install")
class TestTicks(MonitoringCase):
    """Signals that somebody handled at the bridge's own display."""

    def tick(self, uid, note="called the keyholder", **values):
        said = [["uid", uid], ["by", "Emil"], ["at", "2026-11-20T08:00:00Z"]]
        return self.signal(
            **{
                "kind": "handled",
                "code_system": "bridge",
                "code": "handled",
                "qualifier": None,
                "area": None,
                "zone": None,
                "address": None,
                "text": note,
                "extended": said,
                **values,
            }
        )

    def ticks_of(self, incident):
        return incident.entry_ids.filtered(lambda entry: entry.kind == "ticked")

    def test_the_incident_is_told_and_stays_open(self):
        alarm = self.signal()
        self.ingest(alarm)
        tick = self.tick(alarm["uid"])
        self.ingest(tick)
        incident = self.open_incident()
        self.assertEqual(incident.state, "queued")
        [entry] = self.ticks_of(incident)
        self.assertEqual(entry.text, "Emil 2026-11-20T08:00:00Z: called the keyholder")
        for words in ("Emil", "called the keyholder", "closed here by a dispatcher"):
            self.assertIn(words, entry.description)
        self.assertEqual(self.stored(tick).decision, "ticked")
        self.assertEqual(incident.link_ids.sorted("id")[-1].role, "tick")
        self.assertFalse(self.env["alarm.signal.pending"].search([]).signal_id & self.stored(tick))

    def test_alarm_and_tick_in_one_batch(self):
        alarm = self.signal()
        self.ingest(alarm, self.tick(alarm["uid"]))
        self.assertEqual(len(self.ticks_of(self.open_incident())), 1)

    def test_the_same_tick_twice_is_told_once(self):
        alarm = self.signal()
        tick = self.tick(alarm["uid"])
        again = self.tick(alarm["uid"])
        self.ingest(alarm, tick)
        self.ingest(tick)
        self.ingest(again)
        self.assertEqual(len(self.ticks_of(self.open_incident())), 1)
        self.assertEqual(self.stored(again).decision, "repeat")

    def test_another_note_on_the_same_signal_is_told(self):
        alarm = self.signal()
        self.ingest(alarm, self.tick(alarm["uid"]), self.tick(alarm["uid"], "guard is there"))
        self.assertEqual(len(self.ticks_of(self.open_incident())), 2)

    def test_an_incident_that_is_closed_is_told_too(self):
        alarm = self.signal()
        self.ingest(alarm)
        incident = self.open_incident().with_user(self.dispatcher)
        incident.action_take()
        incident.action_resolve(self.env["alarm.resolution"].search([], limit=1).code)
        self.ingest(self.tick(alarm["uid"]))
        self.assertEqual(len(self.ticks_of(incident)), 1)
        self.assertEqual(incident.state, "resolved")

    def test_a_signal_that_was_only_logged_makes_nothing(self):
        opening = self.signal(code="401", zone=None, user="1")
        tick = self.tick(opening["uid"])
        self.ingest(opening, tick)
        self.assertEqual(self.stored(tick).decision, "log_tick")
        self.assertFalse(self.open_incident())

    def test_a_tick_of_an_unknown_signal_is_kept_and_told_when_the_signal_comes(self):
        alarm = self.signal()
        tick = self.tick(alarm["uid"])
        with self.assertLogs("odoo.addons.alarm_monitoring.models.alarm_incident_tick", "WARNING"):
            self.ingest(tick)
        self.assertEqual(self.stored(tick).decision, "log_tick_unknown")
        self.assertFalse(self.open_incident())
        self.ingest(alarm)
        self.assertEqual(len(self.ticks_of(self.open_incident())), 1)
        self.assertEqual(self.stored(tick).decision, "ticked")

    def test_a_tick_that_names_nothing_is_kept(self):
        tick = self.tick("", extended=[])
        with self.assertLogs("odoo.addons.alarm_monitoring.models.alarm_incident_tick", "WARNING"):
            self.ingest(tick)
        self.assertEqual(self.stored(tick).decision, "log_tick_unknown")

    def test_a_tick_waits_for_the_decision_about_its_signal(self):
        alarm = self.signal()
        self.ingest(alarm)
        signal = self.stored(alarm)
        signal.decision = "pending"
        self.env.flush_all()
        tick = self.tick(alarm["uid"])
        self.ingest(tick)
        self.assertEqual(self.stored(tick).decision, "pending")
        signal.decision = "incident"
        self.env.flush_all()
        self.env.cr.execute("UPDATE alarm_signal_pending SET since = since - interval '1 minute'")
        self.env.invalidate_all()
        self.env["alarm.duty"]._run_due()
        self.env.invalidate_all()
        self.assertEqual(self.stored(tick).decision, "ticked")

    def test_what_the_bridge_did_not_say_is_empty(self):
        self.assertEqual(tick_of(None), Tick("", "", ""))
        self.assertEqual(tick_of('[["uid", "a:b:1"]]'), Tick("a:b:1", "", ""))
