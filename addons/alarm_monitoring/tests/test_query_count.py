from odoo.tests import tagged

from .common import MonitoringCase

# What a batch of any size may take, the savepoints that stand for commits in a test included.
QUERIES = 40


@tagged("post_install", "-at_install")
class TestQueryCount(MonitoringCase):
    def batch(self, size):
        """A mixed batch over 50 subscribers: alarms, restores, openings, unknown accounts."""
        kinds = (
            {},
            {"qualifier": "restore"},
            {"code": "401", "zone": None, "user": "1"},
            {"code": "602"},
            {"code": "301"},
        )
        accounts = [f"6{number:03d}" for number in range(50)] + ["FEED"]
        return [
            self.signal(account=accounts[i % len(accounts)], **kinds[i % len(kinds)])
            for i in range(size)
        ]

    def test_the_number_of_queries_does_not_depend_on_the_size(self):
        for number in range(50):
            self.make_panel(f"6{number:03d}")
        self.ingest(*self.batch(51))
        counts = []
        for size in (20, 200):
            signals = self.batch(size)
            before = self.env.cr.sql_log_count
            with self.assertQueryCount(QUERIES):
                self.ingest(*signals)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1], "The batch of 200 takes as many queries as that of 20")

    def test_new_incidents_take_no_query_each(self):
        for number in range(50):
            self.make_panel(f"6{number:03d}")
        self.ingest(self.signal())
        signals = [self.signal(account=f"6{number:03d}") for number in range(50)]
        with self.assertQueryCount(QUERIES):
            self.ingest(*signals)
