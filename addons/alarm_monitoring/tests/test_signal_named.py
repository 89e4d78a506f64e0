from psycopg2.errors import ForeignKeyViolation, InsufficientPrivilege

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MonitoringCase


@tagged("post_install", "-at_install")
class TestSignalNamed(MonitoringCase):
    """What signals name is there and stays."""

    COLUMNS = ("receiver_id", "receiver_group_id", "panel_id", "subscriber_id", "zone_id")

    def named(self, column, record):
        return self.env["alarm.signal.named"].search_count([(column, "=", record.id)])

    def test_each_thing_is_kept_once_however_many_signals_name_it(self):
        self.ingest(self.signal(), self.signal())
        self.ingest(self.signal())
        signal = self.env["alarm.signal"].search([("panel_id", "=", self.panel.id)], limit=1)
        for column in (*self.COLUMNS, "event_code_id", "company_id"):
            self.assertEqual(self.named(column, signal[column]), 1, column)

    @mute_logger("odoo.sql_db")
    def test_nothing_named_can_be_deleted(self):
        self.ingest(self.signal())
        for record in (self.zone, self.panel, self.subscriber, self.group):
            with self.assertRaises(ForeignKeyViolation), self.env.cr.savepoint():
                self.env.cr.execute(f"DELETE FROM {record._table} WHERE id = %s", [record.id])

    @mute_logger("odoo.sql_db")
    def test_nothing_can_be_named_that_is_not_there(self):
        self.ingest(self.signal())
        self.env.cr.execute(
            "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute"
            " WHERE attrelid = 'alarm_signal'::regclass AND attnum > 0 AND NOT attisdropped"
            " AND attname NOT IN ('id', 'uid', 'zone_id')"
        )
        [columns] = self.env.cr.fetchone()
        with self.assertRaises(ForeignKeyViolation), self.env.cr.savepoint():
            self.env.cr.execute(
                f"INSERT INTO alarm_signal (uid, zone_id, {columns})"
                f" SELECT 'forged', 2000000000, {columns} FROM alarm_signal LIMIT 1"
            )

    @mute_logger("odoo.sql_db")
    def test_what_is_swept_to_a_new_panel_holds_it_too(self):
        self.ingest(self.signal(account="7777"))
        panel = self.make_panel("7777")
        self.env.flush_all()
        self.assertEqual(self.named("panel_id", panel), 1)
        with self.assertRaises(ForeignKeyViolation), self.env.cr.savepoint():
            self.env.cr.execute("DELETE FROM alarm_panel WHERE id = %s", [panel.id])

    @mute_logger("odoo.sql_db")
    def test_nobody_takes_it_away(self):
        self.ingest(self.signal())
        for statement in ("DELETE FROM alarm_signal_named", "TRUNCATE alarm_signal_named"):
            with self.assertRaises(InsufficientPrivilege), self.env.cr.savepoint():
                self.env.cr.execute(statement)
