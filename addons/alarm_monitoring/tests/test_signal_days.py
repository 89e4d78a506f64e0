from datetime import date

from odoo.tests import tagged

from ..tools.signal_tables import counted
from .common_archive import ArchiveCase


@tagged("post_install", "-at_install")
class TestSignalDays(ArchiveCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.days = cls.env["alarm.signal.day"]
        cls.totals = cls.env["alarm.signal.day.total"]

    def assert_equal_to_rows(self):
        """Every number of the days and totals is a count over the rows, and none is missing."""
        self.days._fold()
        keys = "day, company_id, subscriber_id, event_code_id, decision"
        rows = f"({counted('alarm_signal_history')})"
        for table, own in (
            ("alarm_signal_day", keys),
            ("alarm_signal_day_total", keys.replace("subscriber_id, ", "")),
        ):
            self.env.cr.execute(
                f"""
                SELECT {own}, sum(counted), sum(signals) FROM (
                    SELECT {own}, signals AS counted, 0 AS signals FROM {table}
                    UNION ALL SELECT {own}, 0, signals FROM {rows} counted) both_of_them
                 GROUP BY {own} HAVING sum(counted) <> sum(signals)
                """
            )
            self.assertFalse(self.env.cr.fetchall(), table)
            self.env.cr.execute(f"SELECT count(*) FROM {table} WHERE signals = 0")
            self.assertEqual(self.env.cr.fetchone(), (0,))

    def number(self, **values):
        self.days._fold()
        domain = [(name, "=", value) for name, value in values.items()]
        return sum(self.days.search(domain).mapped("signals"))

    def test_stored_decided_late_and_swept_signals_are_counted(self):
        self.ingest(
            self.signal(), self.signal(qualifier="restore"), self.logged(), self.logged(),
            self.signal(account="8003"), self.signal(code="999", code_system="sia"),
        )  # fmt: skip
        self.assert_equal_to_rows()
        of_ours = {"subscriber_id": self.subscriber.id}
        self.assertEqual(self.number(decision="pending"), 0)
        self.assertEqual(self.number(**of_ours, decision="log_rule"), 2)
        self.ingest_old(self.logged(), days=50)
        self.assertEqual(self.number(**of_ours, decision="log_rule"), 3)
        self.assert_equal_to_rows()
        subscriber = self.make_panel("8003").subscriber_id
        self.assertEqual(self.number(subscriber_id=subscriber.id), 1)
        self.assert_equal_to_rows()

    def test_moving_to_the_archive_changes_no_number_and_deleting_keeps_them(self):
        self.ingest_old(self.logged(), days=500)
        before = self.number(subscriber_id=self.subscriber.id)
        self.env["alarm.signal.removal"]._archive_due()
        self.assertEqual(self.number(subscriber_id=self.subscriber.id), before)
        self.assert_equal_to_rows()
        self.subscriber.company_id.alarm_signal_days = 400
        self.env["alarm.signal.removal"]._expire_due()
        self.assertEqual(self.number(subscriber_id=self.subscriber.id), before)

    def test_a_day_is_that_of_the_premises(self):
        for zone, day in (
            ("Asia/Shanghai", date(2026, 3, 2)),
            ("UTC", date(2026, 3, 1)),
            ("America/New_York", date(2026, 3, 1)),
        ):
            self.subscriber.tz = zone
            self.env.flush_all()
            before = self.number(subscriber_id=self.subscriber.id, day=day)
            at = "2026-03-01T16:30:00Z"
            self.ingest(self.logged(received_at=at, journaled_at=at))
            self.assertEqual(self.number(subscriber_id=self.subscriber.id, day=day), before + 1)

    def test_a_zone_that_the_database_does_not_know_keeps_nothing_from_being_stored(self):
        self.env.cr.execute(
            "UPDATE alarm_subscriber SET tz = 'Mars/Olympus' WHERE id = %s", [self.subscriber.id]
        )
        signal = self.logged()
        self.ingest(signal)
        self.assertTrue(self.stored(signal))
        self.assertTrue(self.number(subscriber_id=self.subscriber.id))

    def test_numbers_by_class_are_read_as_a_group(self):
        signals = self.ingest_old(self.signal(), self.logged(), self.logged(), days=77)
        self.days._fold()
        [day] = {self.env["alarm.signal.day"].search([], limit=1, order="id desc").day}
        groups = self.totals.with_user(self.dispatcher)._read_group(
            [("day", "=", day)], ["event_class"], ["signals:sum"]
        )
        self.assertEqual(dict(groups), {"burglary": 1, "test": 2})
        self.assertEqual(len(signals), 3)

    def test_the_due_work_folds(self):
        self.ingest(self.logged())
        self.env["alarm.duty"]._run_due()
        self.assertFalse(self.env["alarm.signal.day.change"].search_count([]))
