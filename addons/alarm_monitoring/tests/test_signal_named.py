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

    def test_signals_that_are_there_when_it_is_installed_are_named(self):
        """As a migration finds them: signals, and nothing that names what they do."""
        self.ingest(self.signal())
        cr = self.env.cr
        cr.execute("ALTER TABLE alarm_signal_named DISABLE TRIGGER USER")
        cr.execute("DELETE FROM alarm_signal_named")
        cr.execute("ALTER TABLE alarm_signal_named ENABLE TRIGGER USER")
        cr.execute("DROP TRIGGER alarm_signal_name_new ON alarm_signal")
        self.env["alarm.signal.named"]._prepare_naming()
        signal = self.env["alarm.signal"].search([("panel_id", "=", self.panel.id)], limit=1)
        for column in (*self.COLUMNS, "event_code_id", "company_id"):
            self.assertEqual(self.named(column, signal[column]), 1, column)
        # And the triggers are there again.
        panel = self.make_panel("7003")
        self.ingest(self.signal(account="7003"))
        self.assertEqual(self.named("panel_id", panel), 1)


@tagged("post_install", "-at_install")
class TestStoredAsSent(MonitoringCase):
    """What is stored is what was sent, to the letter and to the microsecond."""

    def row(self, signal, *columns):
        self.env.cr.execute(
            f"SELECT {', '.join(columns)} FROM alarm_signal WHERE uid = %s", [signal["uid"]]
        )
        return self.env.cr.fetchone()

    def test_times_keep_their_microseconds_and_lose_their_zone(self):
        signal = self.signal(
            received_at="2026-11-20T08:00:00.123456Z",
            journaled_at="2026-11-20T16:00:00.000001+08:00",
            occurred_at="0001-01-01T00:00:00+00:00",
        )
        self.ingest(signal)
        found = self.row(signal, "received_at::text", "journaled_at::text", "occurred_at::text")
        self.assertEqual(
            found,
            ("2026-11-20 08:00:00.123456", "2026-11-20 08:00:00.000001", "0001-01-01 00:00:00"),
        )

    def test_what_is_empty_is_not_what_was_not_said(self):
        empty, missing = self.signal(text="", line=""), self.signal(text=None, line=None)
        self.ingest(empty, missing)
        self.assertEqual(self.row(empty, "text", "line"), ("", ""))
        self.assertEqual(self.row(missing, "text", "line"), (None, None))

    def test_any_text_is_stored(self):
        texts = {
            "null\x00, \ud800 and \\u0000": "null\\x00, \\ud800 and \\u0000",
            "quotes \" ' % %s {} \\ \n\t 防区 🔥": "quotes \" ' % %s {} \\ \n\t 防区 🔥",
            "x" * 1_000_000: "x" * 1_000_000,
            "true": "true",
            "null": "null",
            "1e5": "1e5",
        }
        for text, stored in texts.items():
            signal = self.signal(text=text, account="0007001", zone="0000")
            answer = self.ingest(signal)
            self.assertEqual((answer["stored"], answer["rejected"]), (1, []))
            self.assertEqual(
                self.row(signal, "text", "account", "zone"), (stored, "0007001", "0000")
            )
