from unittest.mock import patch

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import alarm_signal_removal_run as run
from .common_archive import ArchiveCase


@tagged("post_install", "-at_install")
class TestArchive(ArchiveCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.removals = cls.env["alarm.signal.removal"]

    def archive(self):
        before = self.removals.search([])
        self.removals._archive_due()
        self.env.invalidate_all()
        return self.removals.search([]) - before

    def test_what_is_old_moves_as_it_was_and_what_is_not_stays(self):
        old = self.ingest_old(self.logged(), self.logged(text="备注"))
        young = self.logged()
        self.ingest(young)
        content = self.content("alarm_signal", old.ids)
        removal = self.archive()
        self.assertFalse(old.exists())
        self.assertEqual(self.content("alarm_signal_archive", old.ids), content)
        self.assertTrue(self.stored(young))
        self.assertEqual((removal.kind, removal.source), ("archive", "alarm_signal"))
        self.assertEqual(
            (removal.signals, removal.first_id, removal.last_id), (2, old[0].id, old[1].id)
        )

    def test_months_stay_live_as_the_settings_say(self):
        parameters = self.env["ir.config_parameter"]
        for value, months in ((False, 3), ("6", 6), ("-2", 1), ("many", 3)):
            parameters.set_param("alarm_monitoring.live_months", value)
            self.assertEqual(self.removals._live_months(), months)
        parameters.set_param("alarm_monitoring.live_months", False)
        settings = self.env["res.config.settings"].create({"alarm_live_months": 8})
        settings.execute()
        self.assertEqual(self.removals._live_months(), 8)

    def test_what_arrived_lately_stays_however_old_it_is(self):
        signal = self.logged(
            received_at="2020-01-01T00:00:00Z", journaled_at="2020-01-01T00:00:00Z"
        )
        self.ingest(signal)
        self.archive()
        self.assertTrue(self.stored(signal))

    def test_portions_go_on_where_the_last_one_ended(self):
        old = self.ingest_old(*(self.logged() for _ in range(7)))
        self.ingest_old(self.signal())
        with patch.object(run, "PORTION", 3):
            removals = self.archive()
        self.assertEqual(sum(removals.mapped("signals")), 7)
        self.assertGreaterEqual(len(removals), 3)
        self.assertFalse(old.exists())
        self.assertFalse(self.archive())
        history = self.env["alarm.signal.history"].search([("id", "in", old.ids)])
        self.assertEqual(sorted(history.ids), sorted(old.ids))

    def test_signals_of_incidents_stay_and_links_resolve(self):
        old = self.ingest_old(self.signal())
        incident = self.open_incident()
        self.close(incident)
        self.archive()
        self.assertTrue(old.exists())
        self.assertEqual(incident.signal_ids, old)

    def test_a_portion_that_fails_takes_nothing(self):
        old = self.ingest_old(self.logged())
        with (
            patch.object(type(self.removals), "_check_count", side_effect=UserError("no")),
            self.assertRaises(UserError),
        ):
            self.removals._archive_due()
        self.env.invalidate_all()
        self.assertTrue(old.exists())
        self.assertFalse(self.content("alarm_signal_archive", old.ids))
        self.assertEqual(self.archive().signals, 1)

    def test_a_signal_sent_again_after_it_was_archived_is_a_duplicate(self):
        signal = self.logged()
        self.ingest_old(signal)
        self.archive()
        answer = self.ingest(signal)
        self.assertEqual((answer["stored"], answer["duplicates"]), (0, 1))

    def test_the_history_shows_both_to_a_dispatcher(self):
        old = self.ingest_old(self.logged())
        self.archive()
        young = self.logged()
        self.ingest(young)
        history = self.env["alarm.signal.history"].with_user(self.dispatcher)
        found = history.search([("subscriber_id", "=", self.subscriber.id)])
        self.assertEqual(found.ids, [self.stored(young).id, old.id])
        self.assertEqual(found.mapped("archived"), [False, True])
        self.assertEqual(
            [row["event_name"] for row in found.read(["event_name"])],
            [self.stored(young).event_name] * 2,
        )
        self.assertTrue(history.search([("zone_id", "=", False), ("id", "in", found.ids)]))

    def test_no_search_groups_millions_of_rows(self):
        for model in ("alarm.signal", "alarm.signal.history"):
            for view_type in ("list", "search"):
                described = self.env[model].get_views([(False, view_type)])["models"][model]
                for name, info in described["fields"].items():
                    self.assertFalse(info.get("groupable"), f"{model} {name}")

    def test_nobody_else_may_start_it(self):
        with self.assertRaises(AccessError):
            self.removals.with_user(self.dispatcher).action_archive()
        # As the buttons of the list call them: with what is selected, be it nothing.
        for verb in ("action_archive", "action_expire"):
            call_kw(self.removals.with_user(self.supervisor), verb, [[]], {})

    def test_records_of_removals_stay(self):
        self.ingest_old(self.logged())
        removal = self.archive()
        for refused in (removal.unlink, lambda: removal.write({"rule": "x"})):
            with self.assertRaises(UserError):
                refused()
        self.refused("UPDATE alarm_signal_removal SET signals = 0")
        self.refused("DELETE FROM alarm_signal_removal")

    def refused(self, query, params=()):
        with (
            self.assertRaises(psycopg2.errors.InsufficientPrivilege, msg=query),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(query, params)

    def test_sql_cannot_change_what_is_archived(self):
        old = self.ingest_old(self.logged())
        self.archive()
        for column in ("account", "raw_hex", "uid", "decision", "subscriber_id"):
            self.refused(
                f"UPDATE alarm_signal_archive SET {column} = {column} WHERE id = %s", old.ids
            )
        self.refused("DELETE FROM alarm_signal_archive WHERE id = %s", old.ids)
        self.refused("TRUNCATE alarm_signal_archive")

    def test_a_record_of_a_move_lets_nothing_go_that_is_not_in_the_archive(self):
        old = self.ingest_old(self.logged(), self.logged())
        with patch.object(run, "PORTION", 1):
            # The record of the first says nothing about a third one.
            self.archive()
        third = self.ingest_old(self.logged())
        self.assertFalse(old.exists())
        self.refused("DELETE FROM alarm_signal WHERE id = %s", third.ids)
        self.env.cr.execute(
            "INSERT INTO alarm_signal_archive SELECT (other).* FROM (SELECT other FROM alarm_signal"
            " other WHERE id = %s) taken",
            third.ids,
        )
        self.env.cr.execute(
            "ALTER TABLE alarm_signal_archive DISABLE TRIGGER alarm_signal_archive_no_update"
        )
        self.env.cr.execute(
            "UPDATE alarm_signal_archive SET raw_hex = '00' WHERE id = %s", third.ids
        )
        self.refused("DELETE FROM alarm_signal WHERE id = %s", third.ids)

    def test_the_archive_has_every_column_of_the_live_table(self):
        self.env.cr.execute(
            """
            SELECT column_name, udt_name FROM information_schema.columns
             WHERE table_name = 'alarm_signal'
            EXCEPT SELECT column_name, udt_name FROM information_schema.columns
             WHERE table_name = 'alarm_signal_archive'
            """
        )
        self.assertFalse(self.env.cr.fetchall())

    def test_what_archived_signals_name_is_not_deleted(self):
        panel = self.make_panel("8004", state="draft")
        zone = self.env["alarm.zone"].create({"panel_id": panel.id, "number": "1", "name": "Door"})
        self.ingest_old(self.signal(account="8004", zone="001", address="001"))
        self.archive()
        self.assertTrue(self.env["alarm.signal.archive"].search([("zone_id", "=", zone.id)]))
        for record in (zone, panel, self.receiver):
            with self.assertRaisesRegex(UserError, "archived signals name it"):
                record.unlink()
