import logging

from odoo.tests import tagged

from .common import MonitoringCase

_logger = logging.getLogger(__name__)

# What a batch of any size may take: the savepoints that stand for commits in a test included, and
# what the board does when it is installed, too.
QUERIES = 64


@tagged("post_install", "-at_install")
class TestQueryCount(MonitoringCase):
    def batch(self, series, size):
        """A mixed batch over 50 subscribers: alarms, restores, openings, unknown accounts."""
        kinds = (
            {},
            {"qualifier": "restore"},
            {"code": "401", "zone": None, "user": "1"},
            {"code": "602"},
            {"code": "301"},
        )
        accounts = ["FEED", *(f"{series}{number:03d}" for number in range(50))]
        return [
            self.signal(account=accounts[i % len(accounts)], **kinds[i % len(kinds)])
            for i in range(size)
        ]

    def test_the_number_of_queries_does_not_depend_on_the_size(self):
        counts = []
        # The first fills the caches.
        for series, size in ((4, 100), (5, 100), (6, 200)):
            for number in range(50):
                self.make_panel(f"{series}{number:03d}")
            # Something is open already in both cases, so that both join and restore.
            self.ingest(self.signal(account=f"{series}004"), self.signal(account="FEED"))
            signals = self.batch(series, size)
            # As at the beginning of a request.
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.ingest(*signals)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2], "A batch of 200 takes as many queries as one of 100")
        self.assertLessEqual(counts[1], QUERIES)
        _logger.info("A batch takes %d queries", counts[1])

    def test_new_incidents_take_no_query_each(self):
        for number in range(50):
            self.make_panel(f"6{number:03d}")
        self.ingest(*self.batch(6, 100))
        for incident in self.env["alarm.incident"].search([("state", "=", "queued")]):
            incident.with_user(self.supervisor).action_cancel("the next batch makes new ones")
        signals = [self.signal(account=f"6{number:03d}") for number in range(50)]
        self.env.invalidate_all()
        with self.assertQueryCount(QUERIES):
            self.ingest(*signals)
