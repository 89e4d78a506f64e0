import threading
from contextlib import closing

from odoo import api
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged

from ..tools.locks import NAMESPACE, lock_numbers, matters_locked
from ..tools.transaction import own_transaction


@tagged("post_install", "-at_install")
class TestLocks(TransactionCase):
    """On real connections, which a test may not share."""

    def connection(self):
        return self.enterContext(closing(db_connect(self.env.cr.dbname).cursor()))

    def held(self):
        cr = self.connection()
        cr.execute(
            """
            SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s
               AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """,
            [NAMESPACE],
        )
        return cr.fetchone()[0]

    def env_of(self, cr):
        return api.Environment(cr, api.SUPERUSER_ID, {})

    def test_numbers_are_sorted_and_fit(self):
        numbers = lock_numbers({"b", "a", "subscriber:1"})
        self.assertEqual(numbers, sorted(numbers))
        self.assertTrue(all(-(2**31) <= number < 2**31 for number in numbers))

    def test_the_second_waits_and_then_sees_what_the_first_has_committed(self):
        first, second = self.connection(), self.connection()
        parameter = "alarm_monitoring.test_locks"
        seen, waiting = [], threading.Event()
        other = self.env_of(second)

        def run():
            second.execute("SELECT count(*) FROM ir_config_parameter")  # an old snapshot
            waiting.set()
            with matters_locked(other, {"test"}), own_transaction(other):
                second.execute("SELECT value FROM ir_config_parameter WHERE key = %s", [parameter])
                seen.extend(second.fetchall())

        env = self.env_of(first)
        thread = threading.Thread(target=run)
        try:
            with matters_locked(env, {"test"}):
                thread.start()
                waiting.wait(10)
                with own_transaction(env):
                    first.execute(
                        "INSERT INTO ir_config_parameter (key, value) VALUES (%s, 'x')", [parameter]
                    )
                self.assertFalse(seen)
            thread.join(10)
            self.assertEqual(seen, [("x",)])
        finally:
            first.execute("DELETE FROM ir_config_parameter WHERE key = %s", [parameter])
            first.commit()
        self.assertEqual(self.held(), 0)

    def test_a_failure_releases_the_locks(self):
        cr = self.connection()
        env = self.env_of(cr)
        with self.assertRaises(ZeroDivisionError), matters_locked(env, {"a", "b"}):
            with own_transaction(env):
                raise ZeroDivisionError
        # The statement that released them began a transaction.
        cr.rollback()
        self.assertEqual(self.held(), 0)

    def test_a_parent_that_somebody_changes_is_referred_to_all_the_same(self):
        """The foreign keys of a signal meet rows that people edit."""
        editor, storer = self.connection(), self.connection()
        editor.execute("CREATE TABLE test_alarm_parent (id int PRIMARY KEY, name text)")
        editor.execute("CREATE TABLE test_alarm_child (parent_id int REFERENCES test_alarm_parent)")
        editor.execute("INSERT INTO test_alarm_parent VALUES (1, 'a')")
        editor.commit()
        try:
            with own_transaction(self.env_of(storer)):
                storer.execute("SELECT * FROM test_alarm_parent")
                editor.execute("UPDATE test_alarm_parent SET name = 'b'")
                storer.execute("SET LOCAL lock_timeout = '2s'")
                storer.execute("INSERT INTO test_alarm_child VALUES (1)")
                editor.commit()
                storer.execute("INSERT INTO test_alarm_child VALUES (1)")
            storer.execute("SELECT count(*) FROM test_alarm_child")
            self.assertEqual(storer.fetchone()[0], 2)
            storer.rollback()
        finally:
            editor.rollback()
            editor.execute("DROP TABLE test_alarm_child; DROP TABLE test_alarm_parent")
            editor.commit()
