from datetime import timedelta

from odoo import api, fields, models

# A bridge beats every 10 seconds; three beats may get lost.
SILENT_AFTER = timedelta(seconds=35)


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
    clock_offset = fields.Float(
        readonly=True, help="Seconds by which the bridge's clock is ahead of this server's."
    )
    silent = fields.Boolean(readonly=True, help="An incident says so already; the tick compares.")
    heard = fields.Boolean(compute="_compute_heard", help="Its last heartbeat came in time.")
    condition_ids = fields.One2many("alarm.bridge.condition", "bridge_status_id")

    _name_uniq = models.UniqueIndex("(name)")

    @api.depends("last_heartbeat_at")
    def _compute_heard(self):
        silent_before = fields.Datetime.now() - SILENT_AFTER
        for bridge in self:
            heard_at = bridge.last_heartbeat_at
            bridge.heard = bool(heard_at and heard_at >= silent_before)

    @api.model
    def _report(self, status):
        """Keep what a heartbeat said of its bridge (a `Status` of tools/heartbeat.py)."""
        self.env.cr.execute(
            """
            INSERT INTO alarm_bridge_status AS known
                        (name, last_heartbeat_at, version, backlog, dead, clock_offset)
                 VALUES (%s, clock_timestamp() AT TIME ZONE 'UTC', %s, %s, %s,
                         extract(epoch FROM %s::timestamp - clock_timestamp() AT TIME ZONE 'UTC'))
            ON CONFLICT (name) DO UPDATE
                    SET last_heartbeat_at = excluded.last_heartbeat_at,
                        version = excluded.version,
                        backlog = excluded.backlog,
                        dead = excluded.dead,
                        clock_offset = excluded.clock_offset
            """,
            [
                status.bridge,
                status.version,
                status.backlog,
                status.dead,
                status.at,
            ],
        )
        self.invalidate_model()
