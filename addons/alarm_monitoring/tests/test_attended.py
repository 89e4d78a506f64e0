from odoo.tests import tagged

from .common import MonitoringCase


@tagged("post_install", "-at_install")
class TestAttended(MonitoringCase):
    """Who works at the premises hears of what they send, and nobody else pays for it."""

    def setUp(self):
        super().setUp()
        self.told = []
        self.patch(
            type(self.env["alarm.signal"]),
            "_on_attended",
            lambda signals, ids: self.told.append(tuple(ids)),
        )

    def test_premises_in_service_are_not_looked_at(self):
        self.ingest(self.signal(), self.signal(account="NOBODY"))
        self.assertEqual(self.told, [])

    def test_signals_of_premises_on_test_and_not_yet_in_service_are_told_at_once(self):
        self.make_panel("7002", "commissioning")
        values = {"authorised_name": "Jane", "override": "works"}
        subscriber = self.subscriber.with_user(self.supervisor)
        subscriber.action_begin_test(60, "works", values)
        new, on_test = self.signal(account="7002"), self.signal()
        other = self.make_panel("7003")
        self.ingest(new, self.signal(account=other.account), on_test)
        [ids] = self.told
        self.assertEqual(set(ids), {self.stored(new).id, self.stored(on_test).id})

    def test_what_is_handed_over_again_is_not_told_twice(self):
        self.make_panel("7002", "commissioning")
        signal = self.signal(account="7002")
        self.ingest(signal)
        self.ingest(signal)
        self.assertEqual(self.told, [(self.stored(signal).id,)])
