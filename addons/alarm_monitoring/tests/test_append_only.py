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
