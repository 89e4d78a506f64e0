from datetime import datetime, timedelta

from odoo.tests import tagged

from .common import MonitoringCase


@tagged("post_install", "-at_install")
class TestWords(MonitoringCase):
    """What a dispatcher reads is words in his language; what is kept is what the wire said."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.code = cls.env["alarm.event.code"].search(
            [("code_system", "=", "cid"), ("code", "=", "130")]
        )
        cls.code.with_context(lang="zh_CN").name_new = "测试入侵"

    def entries(self, lang=None):
        incident = self.open_incident().with_user(self.dispatcher).with_context(lang=lang)
        return incident.entry_ids.sorted("id")

    def test_the_reason_is_a_sentence_in_every_language_at_once(self):
        self.ingest(self.signal())
        incident = self.open_incident()
        english = incident.with_context(lang="en_US").reason
        chinese = incident.with_context(lang="zh_CN").reason
        self.assertIn(self.code.with_context(lang="en_US")._name_as("new"), english)
        self.assertNotIn("cid 130", english)
        self.assertIn("测试入侵", chinese)

    def test_every_kind_of_reason_is_a_sentence(self):
        incidents = self.env["alarm.incident"]
        for kind, _label in incidents._fields["reason_kind"].selection:
            incident = incidents.new({"reason_kind": kind, "reason_detail": "cid 130"})
            self.assertGreater(len(incident.reason), len("cid 130") + 5, kind)

    def test_log_entries_are_words_where_there_are_any(self):
        alarm = self.signal()
        self.ingest(
            alarm,
            self.signal(repeat_of=alarm["uid"]),
            self.signal(zone="077", address="077"),
            self.signal(qualifier="restore"),
        )
        created, first, repeat, elsewhere, restored, knock = self.entries("zh_CN")
        self.assertEqual(
            created.description, self.open_incident().with_context(lang="zh_CN").reason
        )
        self.assertEqual(first.description, "测试入侵 · 5 Back door")
        self.assertEqual(first.text, "7001 cid 130 new 5")
        self.assertEqual(repeat.kind, "repeated")
        self.assertIn("077", elsewhere.description)
        self.assertEqual(restored.kind, "restored")
        self.assertEqual((knock.kind, knock.signal_key), ("two_knock", elsewhere.signal_key))
        self.open_incident().with_user(self.dispatcher).action_note("seen")
        self.assertEqual(self.entries()[-1].description, "seen")

    def test_a_signal_that_was_long_under_way_says_how_long(self):
        journaled_at = datetime.utcnow() - timedelta(minutes=125, seconds=30)
        late = self.signal(journaled_at=journaled_at.isoformat() + "Z")
        self.ingest(late, self.signal())
        signal = self.stored(late)
        self.assertTrue(signal.late)
        self.assertEqual(signal.delay_words, "2 h 5 min")
        entry, other = self.entries()[-2:]
        self.assertIn("delivered late, 2 h 5 min", entry.description)
        self.assertNotIn("late", other.description)
        self.assertIn("延迟送达", self.entries("zh_CN")[-2].description)
