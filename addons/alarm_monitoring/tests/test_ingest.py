import json

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import MonitoringCase


@tagged("post_install", "-at_install")
class TestIngest(MonitoringCase):
    def test_a_signal_is_stored_as_received_and_resolved(self):
        signal = self.signal(text="Hal\x00l \ud800")
        self.assertEqual(self.ingest(signal), {"stored": 1, "duplicates": 0, "rejected": []})
        stored = self.stored(signal)
        for name in ("account", "code_system", "code", "qualifier", "area", "zone", "raw_hex"):
            self.assertEqual(stored[name], signal[name])
        self.assertEqual(stored.text, "Hal\\x00l \\ud800")
        self.assertEqual(json.loads(stored.extended), signal["extended"])
        self.assertEqual(stored.receiver_id, self.receiver)
        self.assertEqual(stored.panel_id, self.panel)
        self.assertEqual(stored.subscriber_id, self.subscriber)
        self.assertEqual(stored.zone_id, self.zone)
        self.assertEqual(stored.company_id, self.subscriber.company_id)
        self.assertEqual(stored.event_code_id.code, "130")
        self.assertEqual(stored.received_at.isoformat(), signal["received_at"][:-1])

    def test_leading_zeros_of_an_account_do_not_matter(self):
        signal = self.signal(account="007001")
        self.ingest(signal)
        self.assertEqual(self.stored(signal).panel_id, self.panel)
        self.assertEqual(self.stored(signal).account, "007001")

    def test_the_same_signal_again_is_a_duplicate(self):
        signal = self.signal()
        self.ingest(signal)
        self.assertEqual(
            self.ingest(signal, signal), {"stored": 0, "duplicates": 2, "rejected": []}
        )
        self.assertEqual(len(self.stored(signal)), 1)
        self.assertEqual(self.open_incident().signal_count, 1)

    def test_one_uid_with_two_contents_is_stored_beside_and_raised(self):
        signal = self.signal()
        self.ingest(signal)
        answer = self.ingest({**signal, "zone": "006"})
        self.assertEqual(answer["stored"], 1)
        self.assertEqual(len(self.stored(signal)), 2)
        incident = self.open_incident("integrity:test-bridge-1:test-1")
        self.assertEqual(incident.reason_kind, "integrity")
        self.assertIn(signal["uid"], incident.reason)
        self.assertEqual(incident.signal_ids.zone, "006")
        # It counts as a signal of its subscriber, too.
        self.assertEqual(self.open_incident().signal_count, 2)

    def test_only_what_is_no_signal_is_rejected(self):
        good = self.signal()
        bad = [
            None,
            "text",
            [],
            {},
            {**self.signal(), "uid": 7},
            {**self.signal(), "uid": ""},
            {**self.signal(), "uid": "x" * 201},
            {**self.signal(), "zone": 5},
            {**self.signal(), "account": ["1"]},
            {**self.signal(), "extended": [["V"]]},
            {**self.signal(), "received_at": "yesterday"},
            {**self.signal(), "journaled_at": None},
        ]
        answer = self.ingest(*bad, good)
        self.assertEqual(answer["stored"], 1)
        self.assertEqual(len(answer["rejected"]), len(bad))
        self.assertTrue(all(rejected["reason"] for rejected in answer["rejected"]))
        self.assertEqual(answer["rejected"][7]["uid"], bad[7]["uid"])
        self.assertIn("zone", answer["rejected"][7]["reason"])
        self.assertEqual(self.open_incident("rejected:test-bridge-1").reason_kind, "rejected")

    def test_strange_signals_are_stored(self):
        strange = [
            self.signal(uid="no-stream"),
            self.signal(uid="e:r:" + "9" * 30),
            self.signal(account="Z" * 5000),
            self.signal(code="¿?", code_system="klingon"),
            self.signal(received_at="1970-01-01T00:00:00+08:00"),
            self.signal(extended=None, unheard_of={"of": 1}),
        ]
        self.assertEqual(self.ingest(*strange)["stored"], len(strange))

    def test_a_text_that_is_no_batch_is_a_fault_of_the_whole(self):
        receiver = self.env["alarm.receiver"].with_user(self.bridge)
        for text in ("", "[]", "{", '{"bridge": "x"}', '{"signals": []}', "[" * 10**5, 7, None):
            with self.assertRaises(ValidationError, msg=repr(text)[:20]):
                receiver.ingest(text)

    def test_an_empty_batch_is_fine(self):
        self.assertEqual(self.ingest(), {"stored": 0, "duplicates": 0, "rejected": []})

    def test_only_a_bridge_may_ingest(self):
        for user in (self.dispatcher, self.supervisor, self.env.ref("base.user_admin")):
            receiver = self.env["alarm.receiver"].with_user(user)
            for method, argument in (
                (receiver.ingest, "{}"),
                (receiver.heartbeat, "{}"),
                (receiver.configuration, ""),
            ):
                with self.assertRaises(AccessError):
                    method(argument)

    def test_a_signal_that_was_held_up_is_flagged(self):
        late = self.signal(journaled_at="2020-01-01T00:00:00Z")
        fresh = self.signal()
        self.ingest(late, fresh)
        self.assertTrue(self.stored(late).late)
        self.assertFalse(self.stored(fresh).late)

    def test_names_of_any_length_are_stored_and_shown(self):
        name = "".join(chr(0x4E00 + number % 20000) for number in range(9000))
        signal, unparsed = self.signal(receiver=name), self.signal(receiver=name, kind="unparsed")
        self.assertEqual(self.ingest(signal, unparsed)["stored"], 2)
        incidents = self.env["alarm.incident"].search([("receiver_name", "=", name)])
        self.assertEqual(set(incidents.mapped("reason_kind")), {"unknown_receiver", "unparsed"})

    def test_the_time_of_a_panel_may_be_nonsense(self):
        signal = self.signal(occurred_at="2026-02-31T25:00:00Z")
        self.assertEqual(self.ingest(signal)["stored"], 1)
        self.assertFalse(self.stored(signal).occurred_at)
        self.assertTrue(self.open_incident())

    def test_times_far_away_are_stored(self):
        signals = [
            self.signal(occurred_at="0001-01-01T00:00:00Z", received_at="9999-12-31T23:59:59Z"),
            self.signal(journaled_at="9999-12-31T23:59:59.999999Z"),
        ]
        self.assertEqual(self.ingest(*signals)["stored"], 2)
        self.assertEqual(self.stored(signals[0]).received_at.year, 9999)

    def test_the_context_of_the_call_sets_nothing(self):
        text = json.dumps({"bridge": "test-bridge-1", "signals": [self.signal()]})
        receiver = self.env["alarm.receiver"].with_user(self.bridge)
        receiver.with_context(default_state="closed", default_user_id=self.dispatcher.id).ingest(
            text
        )
        self.env.invalidate_all()
        incident = self.open_incident()
        self.assertEqual((incident.state, incident.user_id.id), ("queued", False))
