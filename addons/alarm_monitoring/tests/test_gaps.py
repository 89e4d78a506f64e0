from odoo.tests import tagged

from .common import MonitoringCase


@tagged("post_install", "-at_install")
class TestGaps(MonitoringCase):
    KEY = "missing:test-bridge-1:test-1"

    def send(self, *numbers, epoch="gap"):
        self.ingest(*[self.signal(uid=f"{epoch}:test-1:{number}") for number in numbers])

    def age(self):
        self.env.cr.execute("UPDATE alarm_signal_range SET since = since - interval '1 minute'")
        self.env.invalidate_all()

    def stream(self, epoch="gap"):
        return self.env["alarm.signal.stream"].search([("epoch", "=", epoch)])

    def test_without_a_gap_nothing_is_kept(self):
        self.send(1, 2, 3)
        self.send(4)
        self.beat()
        self.assertEqual(self.stream().contiguous, 4)
        self.assertFalse(self.env["alarm.signal.range"].search([("epoch", "=", "gap")]))

    def test_a_gap_that_lasts_is_raised_once(self):
        self.send(1, 2, 6)
        self.beat()
        self.assertFalse(self.open_incident(self.KEY))
        self.age()
        self.beat()
        incident = self.open_incident(self.KEY)
        self.assertIn("test-1: 3", incident.reason)
        entries = len(incident.entry_ids)
        self.beat()
        self.env.invalidate_all()
        self.assertEqual(len(incident.entry_ids), entries)

    def test_a_gap_that_is_filled_is_not_raised(self):
        self.send(1, 3)
        self.beat()
        self.send(2)
        self.age()
        self.beat()
        self.assertFalse(self.open_incident(self.KEY))
        self.assertEqual(self.stream().contiguous, 3)

    def test_a_missing_beginning_is_a_gap(self):
        self.send(5)
        self.age()
        self.beat()
        self.assertIn("test-1: 4", self.open_incident(self.KEY).reason)

    def test_what_was_rejected_is_not_missing(self):
        self.send(1)
        self.ingest({"uid": "gap:test-1:2"}, self.signal(uid="gap:test-1:3"))
        self.age()
        self.beat()
        self.assertFalse(self.open_incident(self.KEY))

    def test_streams_of_two_starts_are_apart(self):
        self.send(1, 2)
        self.send(1, epoch="other")
        self.age()
        self.beat()
        self.assertEqual(self.stream().contiguous, 2)
        self.assertEqual(self.stream("other").contiguous, 1)
        self.assertFalse(self.open_incident(self.KEY))
