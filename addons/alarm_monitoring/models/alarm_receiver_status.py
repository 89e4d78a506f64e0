from odoo import api, fields, models

LINE_STATES = [
    ("online", "Online"),
    ("silent", "Silent"),
    ("down", "Down"),
    ("unknown", "Unknown"),
]


class AlarmReceiverStatus(models.Model):
    """What the bridge said last of each receiver.

    Apart from the receiver, and written by nobody but the heartbeat: neither ingest nor a person
    ever waits for these rows.
    """

    _name = "alarm.receiver.status"
    _description = "Alarm Receiver Status"
    _rec_name = "receiver_id"
    _log_access = False

    receiver_id = fields.Many2one(
        "alarm.receiver", required=True, readonly=True, ondelete="cascade"
    )
    bridge_status_id = fields.Many2one(
        "alarm.bridge.status", string="Bridge", required=True, readonly=True, ondelete="cascade"
    )
    state = fields.Selection(LINE_STATES, required=True, readonly=True)
    detail = fields.Char(readonly=True)
    last_seen_at = fields.Datetime(
        readonly=True, help="When the receiver was last heard, link tests included."
    )
    backlog = fields.Integer(readonly=True)

    _receiver_uniq = models.UniqueIndex("(receiver_id)")

    @api.model
    def _report(self, status):
        """Keep what a heartbeat said of its receivers; names that are not on file are left out."""
        if not status.receivers:
            return
        self.env.cr.execute_values(
            """
            INSERT INTO alarm_receiver_status AS known
                        (receiver_id, bridge_status_id, state, detail, last_seen_at, backlog)
                 SELECT receiver.id, bridge.id, said.state, said.detail,
                        coalesce(said.last_seen_at::timestamp, known.last_seen_at), said.backlog
                   FROM (VALUES %s) AS said (bridge, name, state, detail, last_seen_at, backlog)
                   JOIN alarm_receiver receiver ON receiver.name = said.name
                   JOIN alarm_bridge_status bridge ON bridge.name = said.bridge
              LEFT JOIN alarm_receiver_status known ON known.receiver_id = receiver.id
            ON CONFLICT (receiver_id) DO UPDATE
                    SET bridge_status_id = excluded.bridge_status_id,
                        state = excluded.state,
                        detail = excluded.detail,
                        last_seen_at = excluded.last_seen_at,
                        backlog = excluded.backlog
            """,
            [
                (
                    status.bridge,
                    receiver.name,
                    receiver.state,
                    receiver.detail,
                    receiver.last_seen_at,
                    receiver.backlog,
                )
                for receiver in status.receivers
            ],
        )
        self.invalidate_model()
