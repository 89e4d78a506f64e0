from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import MonitoringCase


@tagged("post_install", "-at_install")
class TestWhoIsTold(MonitoringCase):
    """What changes under somebody's hands appears on his screen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ingest(cls.signal())
        cls.incident = cls.open_incident().with_user(cls.dispatcher)

    def setUp(self):
        super().setUp()
        self.told = []
        self.patch(
            type(self.env["res.users"]),
            "_bus_send",
            lambda user, kind, message, **_options: self.told.append((user, message["message"])),
        )

    def words_for(self, user):
        return [message for who, message in self.told if who == user]

    def test_who_loses_an_incident_is_told_who_has_it(self):
        self.incident.action_take()
        self.incident.with_user(self.supervisor).action_take_over()
        [message] = self.words_for(self.dispatcher)
        self.assertIn(self.incident.name, message)
        self.assertIn("Carla", message)
        self.incident.with_user(self.supervisor).action_reassign(self.colleague.id)
        self.assertFalse(self.words_for(self.supervisor), "Who gives it away knows")

    def test_who_knows_the_subscriber_is_told_of_the_next_alarm(self):
        self.incident.action_take()
        self.incident.action_resolve("FA", "")
        self.ingest(self.signal(zone="006"))
        following = self.open_incident()
        self.assertEqual(following.preferred_user_id, self.dispatcher)
        self.assertIn(following.name, self.words_for(self.dispatcher)[-1])

    def test_supervisors_are_told_of_what_waits_too_long(self):
        self.incident._write_private({"queued_at": fields.Datetime.now() - timedelta(hours=2)})
        self.env["alarm.incident"]._escalate_waiting()
        self.assertIn(self.incident.name, self.words_for(self.supervisor)[-1])
        self.assertFalse(self.words_for(self.dispatcher))

    def test_supervisors_are_told_of_duress(self):
        self.subscriber.duress_code = "green 42"
        self.subscriber.with_user(self.dispatcher).action_verify_passcode("green 42")
        self.assertIn(self.incident.name, self.words_for(self.supervisor)[-1])

    def test_each_is_told_in_his_own_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.dispatcher.lang = self.supervisor.lang = "zh_CN"
        self.incident.action_take()
        self.incident.with_user(self.supervisor).action_reassign(self.colleague.id)
        self.assertIn("已转交 Bert", self.words_for(self.dispatcher)[-1])
        self.ingest(self.signal(account=self.make_panel("7002").account))
        waiting = self.env["alarm.incident"].search([("state", "=", "queued")])
        waiting._write_private({"queued_at": fields.Datetime.now() - timedelta(hours=2)})
        self.env["alarm.incident"].with_context(lang="en_US")._escalate_waiting()
        self.assertIn("等待过久", self.words_for(self.supervisor)[-1])
