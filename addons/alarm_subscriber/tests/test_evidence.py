import os
import re
import tempfile
import threading
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

import psycopg2
from cryptography.fernet import Fernet
from psycopg2.errors import SerializationFailure

from odoo import api
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged
from odoo.tools import config, mute_logger

from ..tools import seal_file, secrets
from .common import RegisterCase


class EvidenceCase(RegisterCase):
    """An approved subscriber with a zone and a contact, a key file and a seal file of the test."""

    def setUp(self):
        super().setUp()
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.key_path = folder / "secret.key"
        self.key_path.write_bytes(Fernet.generate_key())
        self.key_path.chmod(0o600)
        names = {secrets.VARIABLE: str(self.key_path), seal_file.VARIABLE: str(folder / "seals")}
        self.enterContext(patch.dict(os.environ, names))
        self.enterContext(
            patch.dict(config.options, {secrets.OPTION: False, seal_file.OPTION: False})
        )
        self.seals = folder / "seals"
        self.person = self.env["res.partner"].create({"name": "Kim Keys", "phone": "555 1"})
        self.zone = self.env["alarm.zone"].create(
            {"panel_id": self.panel.id, "number": "1", "name": "Door"}
        )
        self.contact = self.env["alarm.contact"].create(
            {"subscriber_id": self.subscriber.id, "partner_id": self.person.id}
        )
        self.activate(self.subscriber)

    def revisions(self, subscriber=None):
        return self.env["alarm.revision"].search(
            [("subscriber_key", "=", (subscriber or self.subscriber).id)], order="seq"
        )

    def newest(self):
        return self.revisions()[-1]

    def tamper(self, query, params=()):
        """What somebody does who owns the tables."""
        self.env.flush_all()
        for table in ("alarm_revision", "alarm_evidence_head"):
            self.env.cr.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        self.env.cr.execute(query, params)
        for table in ("alarm_revision", "alarm_evidence_head"):
            self.env.cr.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        self.env.invalidate_all()

    def findings(self):
        _chains, _rows, sentences = self.env["alarm.evidence.check"]._check_range(
            "alarm.revision", self.subscriber.id, self.subscriber.id
        )
        return sentences


@tagged("post_install", "-at_install")
class TestEvidence(EvidenceCase):
    def test_rows_are_refused_to_everybody(self):
        revision = self.newest().sudo()
        for refused in (
            lambda: revision.write({"user_name": "x"}),
            lambda: revision.unlink(),
            lambda: revision.create({"user_name": "x"}),
        ):
            with self.assertRaises(UserError):
                refused()
        for query in (
            "UPDATE alarm_revision SET user_name = ''",
            "DELETE FROM alarm_revision",
            "TRUNCATE alarm_revision",
            "DELETE FROM alarm_evidence_head",
            "TRUNCATE alarm_evidence_head",
        ):
            with (
                self.assertRaises(psycopg2.errors.InsufficientPrivilege, msg=query),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(query)

    def test_nothing_is_found_where_nothing_was_done(self):
        self.zone.name = "Back Door"
        self.assertEqual(self.findings(), [])
        action = self.subscriber.with_user(self.approver).action_verify_history()
        self.assertIn(str(len(self.revisions())), action["params"]["message"])

    def test_only_an_approver_verifies(self):
        for user in (self.reader, self.back_office):
            with self.assertRaises(AccessError):
                self.subscriber.with_user(user).action_verify_history()
            with self.assertRaises(AccessError):
                self.env["alarm.evidence.check"].with_user(user).action_check_all()
        # As the button of the list calls it: with what is selected, be it nothing.
        call_kw(
            self.env["alarm.evidence.check"].with_user(self.approver), "action_check_all", [[]], {}
        )

    def test_a_changed_row_is_named(self):
        self.zone.name = "Back Door"
        row = self.newest()
        for column, value in (
            ("new_json", '{"v": "x"}'),
            ("user_name", "Nobody"),
            ("at", "2020-01-01 00:00:00"),
            ("company_key", 99),
            ("origin", "x"),
        ):
            with self.subTest(column=column):
                self.env.cr.execute("SAVEPOINT before_tampering")
                self.tamper(
                    f"UPDATE alarm_revision SET {column} = %s WHERE id = %s", [value, row.id]
                )
                [sentence] = self.findings()
                self.assertRegex(
                    sentence, rf"{re.escape(self.subscriber.ref)}.*entry {row.seq} was changed"
                )
                self.env.cr.execute("ROLLBACK TO SAVEPOINT before_tampering")
                self.env.invalidate_all()

    def test_a_row_taken_out_of_the_middle_is_named(self):
        self.tamper("DELETE FROM alarm_revision WHERE id = %s", [self.revisions()[2].id])
        [sentence] = self.findings()
        self.assertIn("entry 3 is missing", sentence)

    def test_a_cut_tail_is_named(self):
        self.zone.name = "Back Door"
        self.tamper("DELETE FROM alarm_revision WHERE id = %s", [self.newest().id])
        [sentence] = self.findings()
        self.assertIn("cut off", sentence)

    def cut_with_head(self):
        self.tamper("DELETE FROM alarm_revision WHERE id = %s", [self.newest().id])
        last = self.newest()
        self.tamper(
            "UPDATE alarm_evidence_head SET seq = %s, mac = %s, sealed_seq = 0"
            " WHERE ledger = 'alarm.revision' AND chain = %s",
            [last.seq, last.mac, self.subscriber.id],
        )

    def test_a_tail_cut_with_its_head_shows_against_the_seal(self):
        self.zone.name = "Back Door"
        self.env["alarm.evidence.head"]._seal()
        self.cut_with_head()
        [sentence] = self.findings()
        self.assertIn("cut off", sentence)

    def test_a_whole_chain_taken_away_is_found(self):
        self.tamper("DELETE FROM alarm_revision WHERE subscriber_key = %s", [self.subscriber.id])
        self.tamper(
            "DELETE FROM alarm_evidence_head WHERE ledger = 'alarm.revision' AND chain = %s",
            [self.subscriber.id],
        )
        [sentence] = self.findings()
        self.assertIn("everything else", sentence)

    def test_plain_hashes_computed_anew_are_found(self):
        """Somebody who knows the code, but not the key."""
        row = self.newest()
        self.tamper(
            "UPDATE alarm_revision SET user_name = 'Nobody', key_id = '',"
            " mac = encode(sha256(convert_to(user_name, 'UTF8')), 'hex') WHERE id = %s",
            [row.id],
        )
        [sentence] = self.findings()
        self.assertIn(f"entry {row.seq} was written without the key file", sentence)

    def test_a_chain_written_anew_with_a_foreign_key_is_found(self):
        self.key_path.write_bytes(Fernet.generate_key())
        [sentence] = self.findings()
        self.assertIn("not signed with a key of the key file", sentence)

    def test_a_changed_key_file_that_keeps_the_former_key_is_fine(self):
        self.key_path.write_bytes(Fernet.generate_key() + b"\n" + self.key_path.read_bytes())
        self.zone.name = "Back Door"
        self.assertEqual(self.findings(), [])

    def test_a_seal_file_that_was_cut_is_found(self):
        self.env["alarm.evidence.head"]._seal()
        self.seals.write_text("")
        [sentence] = self.findings()
        self.assertIn("the seal file does not say so", sentence)

    def test_a_changed_seal_file_is_found(self):
        self.env["alarm.evidence.head"]._seal()
        self.seals.write_text(self.seals.read_text().replace("alarm.revision", "alarm.other", 1))
        self.assertRegex(self.findings()[0], "seal file .* line 1")

    def test_a_former_state_of_the_seal_file_is_found(self):
        """Every line of it is true; the last ones are missing."""
        self.env["alarm.evidence.head"]._seal()
        former = self.seals.read_text()
        self.zone.name = "Back Door"
        self.env["alarm.evidence.head"]._seal()
        self.seals.write_text(former)
        [sentence] = self.findings()
        self.assertIn("the seal file does not say so", sentence)

    def test_a_seal_file_taken_away_is_found(self):
        self.env["alarm.evidence.head"]._seal()
        self.seals.unlink()
        [sentence] = self.findings()
        self.assertIn("the seal file does not say so", sentence)

    def test_rows_in_another_order_are_found(self):
        first, second = self.revisions()[1:3]
        for seq, row in ((-1, first), (first.seq, second), (second.seq, first)):
            self.tamper("UPDATE alarm_revision SET seq = %s WHERE id = %s", [seq, row.id])
        [sentence] = self.findings()
        self.assertIn("entry 2 was changed", sentence)

    def test_a_row_that_is_there_twice_is_found(self):
        """At the end, with an end that fits: what was done once looks done again."""
        row = self.newest()
        columns = "subscriber_ref, company_key, at, user_key, user_name, origin, model"
        columns += ", record_key, record_json, operation, field_name, field_label, new_json"
        columns += ", strand, key_id, mac, subscriber_key"
        self.tamper(
            f"INSERT INTO alarm_revision ({columns}, seq)"
            f" SELECT {columns}, seq + 1 FROM alarm_revision WHERE id = %s",
            [row.id],
        )
        self.tamper(
            "UPDATE alarm_evidence_head SET seq = seq + 1"
            " WHERE ledger = 'alarm.revision' AND chain = %s",
            [self.subscriber.id],
        )
        [sentence] = self.findings()
        self.assertRegex(sentence, rf"entry {row.seq + 1} was changed")

    def test_rows_of_another_subscriber_are_no_history(self):
        """A whole chain, end and all, given to somebody else in the place of his own."""
        other = self.subscriber.copy()
        self.env["alarm.panel"].create(self.panel_values(other, account="0T02"))
        self.activate(other)
        ours, theirs = self.subscriber.id, other.id
        for table, column in (
            ("alarm_revision", "subscriber_key"),
            ("alarm_evidence_head", "chain"),
        ):
            where = " AND ledger = 'alarm.revision'" if column == "chain" else ""
            self.tamper(f"DELETE FROM {table} WHERE {column} = %s{where}", [ours])
            self.tamper(
                f"UPDATE {table} SET {column} = %s WHERE {column} = %s{where}", [ours, theirs]
            )
        [sentence] = self.findings()
        self.assertIn("entry 1 was changed", sentence)

    def test_an_end_taken_away_is_found(self):
        self.tamper(
            "DELETE FROM alarm_evidence_head WHERE ledger = 'alarm.revision' AND chain = %s",
            [self.subscriber.id],
        )
        [sentence] = self.findings()
        self.assertIn("the end that was kept says otherwise", sentence)

    def test_a_tail_cut_with_its_head_before_the_seal_is_found(self):
        """The end is signed as an end: that of an earlier row cannot be made of the row."""
        self.zone.name = "Back Door"
        self.cut_with_head()
        [sentence] = self.findings()
        self.assertIn("the end that was kept says otherwise", sentence)

    def test_a_head_without_a_signature_is_found(self):
        self.tamper(
            "UPDATE alarm_evidence_head SET end_mac = NULL"
            " WHERE ledger = 'alarm.revision' AND chain = %s",
            [self.subscriber.id],
        )
        [sentence] = self.findings()
        self.assertIn("the end that was kept says otherwise", sentence)

    def test_only_what_grew_is_sealed_again(self):
        self.env["alarm.evidence.head"]._seal()
        size = self.seals.stat().st_size
        self.zone.name = "Back Door"
        self.env["alarm.evidence.head"]._seal()
        self.assertLess(self.seals.stat().st_size - size, 500)
        self.assertEqual(self.findings(), [])

    def test_the_job_runs_over_everything_and_tells_of_what_it_finds(self):
        Check = self.env["alarm.evidence.check"]
        self.tamper("DELETE FROM alarm_revision WHERE id = %s", [self.revisions()[2].id])
        check = Check.create({"ledger": "alarm.revision"})
        with mute_logger("odoo.addons.alarm_subscriber.models.alarm_evidence_check"):
            while check.state == "running":
                check._check_some()
        self.assertEqual(check.state, "broken")
        self.assertIn(self.subscriber.ref, check.findings)
        self.assertNotIn(self.subscriber.name, check.findings)
        self.assertTrue(check.finished_at)

    def test_without_a_key_file_the_register_says_how_to_make_one(self):
        self.key_path.unlink()
        with self.assertRaisesRegex(UserError, "Fernet.generate_key"):
            self.zone.name = "Back Door"


@tagged("post_install", "-at_install")
class TestForks(TransactionCase):
    def test_two_transactions_cannot_fork_a_chain(self):
        """On real connections: the second one is told to begin anew."""
        ledger, chain = "test.forks", 1
        first = self.enterContext(closing(db_connect(self.env.cr.dbname).cursor()))
        second = self.enterContext(closing(db_connect(self.env.cr.dbname).cursor()))
        heads = [api.Environment(cr, 1, {})["alarm.evidence.head"] for cr in (first, second)]
        try:
            second.execute("SELECT 1")  # its snapshot begins
            before, _now = heads[0]._take(ledger, 0, {chain: 2})
            self.assertEqual(before[chain].seq, 0)
            outcome = []

            def run():
                try:
                    heads[1]._take(ledger, 0, {chain: 1})
                except SerializationFailure as error:
                    outcome.append(error)

            with mute_logger("odoo.sql_db"):
                thread = threading.Thread(target=run)
                thread.start()
                thread.join(0.3)
                self.assertTrue(thread.is_alive(), "the second waits for the first")
                first.commit()
                thread.join(10)
            self.assertEqual(len(outcome), 1)
            second.rollback()
            again, _now = heads[1]._take(ledger, 0, {chain: 1})
            self.assertEqual(again[chain].seq, 2)
            second.rollback()
        finally:
            first.execute("ALTER TABLE alarm_evidence_head DISABLE TRIGGER USER")
            first.execute("DELETE FROM alarm_evidence_head WHERE ledger = %s", [ledger])
            first.execute("ALTER TABLE alarm_evidence_head ENABLE TRIGGER USER")
            first.commit()
