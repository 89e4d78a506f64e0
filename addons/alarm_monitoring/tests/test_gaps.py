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

    def claim(self, last_seq, backlog=0):
        """The bridge says that it has handed over all up to this number."""
        self.beat(
            epoch="gap",
            backlog={"test-1": backlog},
            receivers=[{"name": "test-1", "state": "online", "last_seq": last_seq}],
        )

    def age_claim(self):
        self.env.cr.execute(
            "UPDATE alarm_receiver_status SET claimed_at = claimed_at - interval '1 minute'"
        )
        self.env.invalidate_all()

    def test_signals_missing_at_the_end_are_raised_once(self):
        self.send(1, 2, 3)
        self.claim(5)
        self.assertFalse(self.open_incident(self.KEY), "They may be on their way")
        self.age_claim()
        self.claim(5)
        incident = self.open_incident(self.KEY)
        self.assertIn("test-1: 2", incident.reason)
        entries = len(incident.entry_ids)
        self.claim(5)
        self.send(6)
        self.claim(6)
        self.assertEqual(len(incident.entry_ids), entries)

    def test_a_stream_of_which_nothing_came_is_missed_too(self):
        self.claim(2)
        self.age_claim()
        self.claim(2)
        self.assertIn("test-1: 2", self.open_incident(self.KEY).reason)

    def test_the_end_and_a_gap_before_it_are_counted_together(self):
        self.send(1, 3)
        self.claim(4)
        self.age_claim()
        self.age()
        self.claim(4)
        incident = self.open_incident(self.KEY)
        self.assertEqual(incident.entry_ids.sorted("id")[-1].text, "test-1: 2")

    def test_what_waits_in_the_journal_is_not_missing(self):
        self.send(1)
        self.claim(3, backlog=2)
        self.age_claim()
        self.claim(3, backlog=2)
        self.assertFalse(self.open_incident(self.KEY))

    def test_what_arrives_meanwhile_is_not_missing(self):
        self.send(1)
        self.claim(2)
        self.age_claim()
        self.send(2)
        self.claim(2)
        self.assertFalse(self.open_incident(self.KEY))

    def test_a_claim_that_grows_is_young_again(self):
        self.send(1)
        self.claim(2)
        self.age_claim()
        self.claim(3)
        self.assertFalse(self.open_incident(self.KEY))
