from odoo import api, fields, models


class AlarmBridgeStatus(models.Model):
    """The last word of each bridge about itself. Written only by its heartbeat."""

    _name = "alarm.bridge.status"
    _description = "Receiver Bridge Status"
    _order = "name"
    _log_access = False

    name = fields.Char(required=True, readonly=True)
    last_heartbeat_at = fields.Datetime(readonly=True)
    version = fields.Char(readonly=True)
    backlog = fields.Integer(readonly=True, help="Signals that wait in the bridge's journal.")
    dead = fields.Integer(
        string="Set Aside", readonly=True, help="Signals that the bridge could not hand over."
    )
    journal_failing = fields.Boolean(
        readonly=True, help="The bridge cannot write its journal and acknowledges nothing."
    )
    clock_offset = fields.Float(
        readonly=True, help="Seconds by which the bridge's clock is ahead of this server's."
    )
    silent = fields.Boolean(readonly=True, help="An incident says so already; the tick compares.")

    _name_uniq = models.UniqueIndex("(name)")

    @api.model
    def _report(self, status):
        """Keep what a heartbeat said of its bridge (a `Status` of tools/heartbeat.py)."""
        self.env.cr.execute(
            """
            INSERT INTO alarm_bridge_status AS known
                        (name, last_heartbeat_at, version, backlog, dead,
                         journal_failing, clock_offset)
                 VALUES (%s, clock_timestamp() AT TIME ZONE 'UTC', %s, %s, %s, %s,
                         extract(epoch FROM %s::timestamp - clock_timestamp() AT TIME ZONE 'UTC'))
            ON CONFLICT (name) DO UPDATE
                    SET last_heartbeat_at = excluded.last_heartbeat_at,
                        version = excluded.version,
                        backlog = excluded.backlog,
                        dead = excluded.dead,
                        journal_failing = excluded.journal_failing,
                        clock_offset = excluded.clock_offset
            """,
            [
                status.bridge,
                status.version,
                status.backlog,
                status.dead,
                status.journal_failing,
                status.at,
            ],
        )
        self.invalidate_model()
