import psycopg2

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MonitoringCase


@tagged("post_install", "-at_install")
class TestAppendOnly(MonitoringCase):
    def refused(self, query, params=()):
        with (
            self.assertRaises(psycopg2.errors.InsufficientPrivilege, msg=query),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(query, params)

    def test_sql_cannot_change_evidence(self):
        self.ingest(self.signal())
        signal, incident = self.env["alarm.signal"].search([], limit=1), self.open_incident()
        for column in ("account", "raw_hex", "received_at", "uid", "stored_at"):
            self.refused(f"UPDATE alarm_signal SET {column} = {column} WHERE id = %s", [signal.id])
        self.refused("DELETE FROM alarm_signal WHERE id = %s", [signal.id])
        self.refused("TRUNCATE alarm_signal CASCADE")
        self.refused("UPDATE alarm_incident_entry SET text = ''")
        self.refused("DELETE FROM alarm_incident_entry WHERE incident_id = %s", [incident.id])
        self.refused("TRUNCATE alarm_incident_entry")

    def test_the_orm_refuses_the_superuser_too(self):
        self.ingest(self.signal())
        incident = self.open_incident().sudo()
        for refused in (
            lambda: incident.signal_ids.write({"account": "1"}),
            lambda: incident.signal_ids.unlink(),
            lambda: incident.entry_ids.write({"text": "x"}),
            lambda: incident.entry_ids.unlink(),
            lambda: incident.link_ids.unlink(),
            lambda: incident.unlink(),
            lambda: incident.write({"state": "closed"}),
            lambda: incident.with_context(alarm_by_verb=True).write({"state": "closed"}),
        ):
            with self.assertRaises(UserError):
                refused()

    def tamper(self, table, query, params=()):
        """What somebody does who owns the tables, but does not have the key."""
        self.env.flush_all()
        self.env.cr.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        self.env.cr.execute(query, params)
        self.env.cr.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        self.env.invalidate_all()

    def handled(self):
        """An incident with entries of a machine and of a person."""
        self.ingest(self.signal())
        incident = self.open_incident()
        incident.with_user(self.dispatcher).action_take()
        incident.with_user(self.dispatcher).action_note("Nobody at home")
        return incident

    def findings(self, incident):
        return self.env["alarm.evidence.check"]._check_range(
            "alarm.incident.entry", incident.id, incident.id
        )[2]

    def test_the_log_of_an_incident_is_intact(self):
        self.assertEqual(self.findings(self.handled()), [])

    def test_a_changed_entry_is_found(self):
        incident = self.handled()
        for column, value in (("text", "x"), ("author", "x"), ("at", "2020-01-01"), ("kind", "x")):
            with self.subTest(column=column):
                self.env.cr.execute("SAVEPOINT before_tampering")
                self.tamper(
                    "alarm_incident_entry",
                    f"UPDATE alarm_incident_entry SET {column} = %s WHERE id = %s",
                    [value, incident.entry_ids[0].id],
                )
                [sentence] = self.findings(incident)
                self.assertRegex(sentence, f"{incident.name}.*was changed")
                self.env.cr.execute("ROLLBACK TO SAVEPOINT before_tampering")
                self.env.invalidate_all()

    def test_the_last_entry_cut_off_with_its_end_is_found_at_once(self):
        """Before anything of it was sealed outside the database."""
        incident = self.handled()
        last, former = incident.entry_ids.sorted("id", reverse=True)[:2]
        self.assertEqual((last.strand, last.seq), (former.strand, former.seq + 1))
        self.tamper(
            "alarm_incident_entry", "DELETE FROM alarm_incident_entry WHERE id = %s", [last.id]
        )
        self.tamper(
            "alarm_evidence_head",
            "UPDATE alarm_evidence_head SET seq = %s, mac = %s"
            " WHERE ledger = 'alarm.incident.entry' AND chain = %s AND strand = %s",
            [former.seq, former.mac, incident.id, former.strand],
        )
        [sentence] = self.findings(incident)
        self.assertIn("the end that was kept says otherwise", sentence)

    def test_a_log_taken_away_as_a_whole_is_found(self):
        incident = self.handled()
        for table, column in (
            ("alarm_incident_entry", "incident_id"),
            ("alarm_evidence_head", "chain"),
        ):
            self.tamper(table, f"DELETE FROM {table} WHERE {column} = %s", [incident.id])
        [sentence] = self.findings(incident)
        self.assertIn("everything else", sentence)
