from contextlib import closing

import psycopg2.errors

from odoo.tests import tagged
from odoo.tools import mute_logger

from . import test_two_processes


@tagged("post_install", "-at_install")
class TestRevenueTwoProcesses(test_two_processes.TestTwoProcesses):
    """Two processes that book the same contract: nothing of it is committed."""

    def setUp(self):
        super().setUp()
        with closing(self.cursor()) as cr:
            contract = self.contract(cr)
            contract.contract_line_ids.revenue_class = "monitoring"
            contract.flush_recordset()
            contract.contract_line_ids.flush_recordset()
            # Not booked yet.
            cr.precommit.clear()
            cr.commit()  # pylint: disable=invalid-commit

    # Not about the ledger.
    test_what_one_is_charging_the_other_leaves = None
    test_an_older_view_begins_anew = None

    def test_what_one_is_booking_the_other_waits_for(self):
        with closing(self.cursor()) as first, closing(self.cursor()) as second:
            self.assertEqual(self.contract(first).contract_line_ids._book_revenue(), 1)
            second.execute("SET LOCAL lock_timeout = '200ms'")
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.LockNotAvailable),
            ):
                self.contract(second).contract_line_ids._book_revenue()
            second.rollback()
            first.rollback()
            self.assertEqual(self.contract(second).contract_line_ids._book_revenue(), 1)
            second.rollback()
