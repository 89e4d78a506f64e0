import base64
import gzip
import hashlib
import json
from unittest.mock import patch

import psycopg2

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import alarm_signal_removal_run as run
from .common_archive import ArchiveCase


@tagged("post_install", "-at_install")
class TestRetention(ArchiveCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.removals = cls.env["alarm.signal.removal"]
        cls.history = cls.env["alarm.signal.history"]
        cls.company = cls.subscriber.company_id
        cls.company.alarm_signal_days = 400

    def expire(self):
        before = self.removals.search([])
        self.removals._expire_due()
        self.env.invalidate_all()
        return self.removals.search([]) - before

    def kept(self, signals):
        return self.history.search([("id", "in", signals.ids)]).ids

    def test_what_is_past_its_time_is_exported_and_deleted(self):
        old = self.ingest_old(self.logged(), self.logged(text="备注"), days=402)
        young = self.ingest_old(self.logged(), days=399)
        content = [json.loads(row) for row in self.content("alarm_signal", old.ids)]
        self.removals._archive_due()
        removal = self.expire()
        self.assertEqual(self.kept(old | young), young.ids)
        self.assertEqual((removal.kind, removal.source), ("expiry", "alarm_signal_archive"))
        self.assertEqual((removal.signals, removal.company_id), (2, self.company))
        self.assertIn("kept for 400 days", removal.rule)
        file = base64.b64decode(removal.export)
        self.assertEqual(hashlib.sha256(file).hexdigest(), removal.sha256)
        lines = [json.loads(line) for line in gzip.decompress(file).decode().splitlines()]
        for line, row in zip(lines, content, strict=True):
            self.assertEqual({name: line[name] for name in row}, row)
            self.assertEqual(line["subscriber"], self.subscriber.name)
            self.assertEqual(line["incidents"], [])

    def test_live_signals_go_too_when_they_are_kept_shorter_than_live(self):
        self.company.alarm_signal_days = 30
        old = self.ingest_old(self.logged(), days=32)
        self.assertIn("alarm_signal", self.expire().mapped("source"))
        self.assertFalse(self.kept(old))

    def test_zero_days_keep_for_ever(self):
        self.company.alarm_signal_days = 0
        old = self.ingest_old(self.logged(), days=4000)
        self.assertFalse(self.expire())
        self.assertTrue(self.kept(old))

    def test_less_than_the_law_asks_for_is_refused(self):
        for days in (29, 1, -1):
            with self.assertRaises(ValidationError):
                self.company.alarm_signal_days = days

    def test_signals_of_an_open_incident_stay(self):
        old = self.ingest_old(self.signal(), days=500)
        self.expire()
        self.assertEqual(self.open_incident().signal_ids, old)

    def test_signals_of_an_incident_closed_lately_stay(self):
        old = self.ingest_old(self.signal(), days=500)
        self.close(self.open_incident())
        self.expire()
        self.assertTrue(old.exists())

    def closed_long_ago(self):
        old = self.ingest_old(self.signal(), days=500)
        incident = self.open_incident()
        self.close(incident)
        incident._write_private(
            {"closed_at": "2020-01-01 00:00:00", "queued_at": "2020-01-01 00:00:00"}
        )
        self.env.flush_all()
        return old, incident

    def test_signals_of_an_incident_closed_long_ago_go_with_their_links(self):
        old, incident = self.closed_long_ago()
        removal = self.expire()
        self.assertFalse(old.exists())
        self.assertFalse(incident.link_ids)
        self.assertTrue(incident.entry_ids)
        self.assertEqual((removal.signals, removal.links), (1, 1))
        [line] = gzip.decompress(base64.b64decode(removal.export)).decode().splitlines()
        self.assertEqual(json.loads(line)["incidents"][0]["incident"], incident.name)

    def hold(self, **values):
        return (
            self.env["alarm.legal.hold"]
            .with_user(self.supervisor)
            .create({"reason": "Court, file 12", **values})
        )

    def test_a_hold_on_the_subscriber_keeps_its_signals_until_it_is_lifted(self):
        old = self.ingest_old(self.logged(), days=500)
        hold = self.hold(subscriber_id=self.subscriber.id)
        self.assertFalse(self.expire())
        with self.assertRaises(UserError):
            hold.action_lift()
        hold.lift_reason = "The case is closed"
        hold.action_lift()
        self.assertEqual((hold.state, hold.lifted_by_id), ("lifted", self.supervisor))
        self.expire()
        self.assertFalse(self.kept(old))

    def test_a_hold_on_an_incident_keeps_its_signals(self):
        old, incident = self.closed_long_ago()
        other = self.ingest_old(self.logged(), days=500)
        self.hold(incident_id=incident.id)
        self.expire()
        self.assertEqual(self.kept(old | other), old.ids)
        self.refused("DELETE FROM alarm_incident_signal WHERE signal_id = %s", old.ids)

    def test_holds_stay_as_they_were_placed(self):
        hold = self.hold(subscriber_id=self.subscriber.id)
        self.assertEqual((hold.placed_by_id, hold.state), (self.supervisor, "active"))
        for refused in (
            lambda: hold.write({"reason": "x"}),
            lambda: hold.write({"lifted_at": "2026-01-01"}),
            lambda: hold.sudo().unlink(),
        ):
            with self.assertRaises(UserError):
                refused()
        with self.assertRaises(ValidationError):
            self.hold(subscriber_id=self.subscriber.id, reason=" ")
        with self.assertRaises(AccessError):
            hold.with_user(self.dispatcher).action_lift()

    def refused(self, query, params=()):
        with (
            self.assertRaises(psycopg2.errors.InsufficientPrivilege, msg=query),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(query, params)

    def test_the_database_refuses_what_no_record_covers(self):
        old = self.ingest_old(self.logged(), days=500)
        self.expire()
        self.assertFalse(self.kept(old))
        young = self.ingest_old(self.logged(), days=20)
        self.refused("DELETE FROM alarm_signal WHERE id = %s", young.ids)
        # Not even with the right record: the law's minimum is in the trigger.
        take = {
            "kind": "expiry", "rule": "all", "received_before": "2100-01-01 00:00:00",
            "company_id": self.company.id, "sha256": "0" * 64,
        }  # fmt: skip
        with (
            self.assertRaises(psycopg2.errors.InsufficientPrivilege),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.removals._take("alarm_signal", young.ids, take)
        self.assertTrue(self.kept(young))

    def test_portions_delete_everything_once(self):
        old = self.ingest_old(*(self.logged() for _ in range(5)), days=500)
        with patch.object(run, "PORTION", 2):
            removals = self.expire()
        self.assertEqual(sorted(removals.mapped("signals")), [1, 2, 2])
        self.assertFalse(self.kept(old))

    def test_signals_of_nobody_are_kept_as_long_as_the_longest(self):
        old = self.ingest_old(self.signal(account="DEAD"), days=500)
        incident = self.env["alarm.incident"].search([("account", "=", "DEAD")])
        self.close(incident)
        incident._write_private(
            {"closed_at": "2020-01-01 00:00:00", "queued_at": "2020-01-01 00:00:00"}
        )
        other = self.env["res.company"].create({"name": "Careful", "alarm_signal_days": 600})
        self.expire()
        self.assertTrue(old.exists())
        other.alarm_signal_days = 450
        self.env.flush_all()
        if not old.company_id:
            self.expire()
            self.assertFalse(old.exists())

    def test_the_exported_file_may_be_given_away_and_the_record_stays(self):
        self.ingest_old(self.logged(), days=500)
        removal = self.expire()
        with self.assertRaises(UserError):
            removal.sudo().export = base64.b64encode(b"other")
        with self.assertRaises(AccessError):
            removal.with_user(self.dispatcher).read(["rule"])
        self.assertTrue(removal.with_user(self.supervisor).read(["export"])[0]["export"])
