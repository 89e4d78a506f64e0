from odoo import api, fields, models

LINE_STATES = [
    ("online", "Online"),
    ("silent", "Silent"),
    ("down", "Down"),
    ("unknown", "Unknown"),
]


class AlarmReceiverStatus(models.Model):
    """What each bridge said last of each receiver that it serves.

    Apart from the receiver, and written by nobody but that bridge's heartbeat: neither ingest nor
    a person nor another bridge ever waits for these rows.
    """

    _name = "alarm.receiver.status"
    _description = "Alarm Receiver Status"
    _order = "receiver_id, bridge_status_id"
    _rec_name = "receiver_id"
    _log_access = False

    receiver_id = fields.Many2one(
        "alarm.receiver", required=True, readonly=True, ondelete="cascade"
    )
    bridge_status_id = fields.Many2one(
        "alarm.bridge.status", string="Bridge", required=True, readonly=True, ondelete="cascade"
    )
    state = fields.Selection(LINE_STATES, required=True, readonly=True)
    shown_state = fields.Selection(
        LINE_STATES,
        string="Line",
        compute="_compute_shown_state",
        help="Silent also when the bridge itself has not been heard in time.",
    )
    detail = fields.Char(readonly=True)
    last_heartbeat_at = fields.Datetime(related="bridge_status_id.last_heartbeat_at")
    last_seen_at = fields.Datetime(
        readonly=True, help="When the receiver was last heard, link tests included."
    )
    sending = fields.Boolean(
        readonly=True, help="This bridge hands over what the receiver brings in."
    )
    backlog = fields.Integer(readonly=True)
    epoch = fields.Char(readonly=True, help="Names the present start of the bridge.")
    last_seq = fields.Float(
        readonly=True, digits=(18, 0), help="Number of the last signal of this start of the bridge."
    )
    claimed_at = fields.Datetime(
        readonly=True, help="Since when the bridge says that all signals up to it were handed over."
    )

    _receiver_bridge_uniq = models.UniqueIndex("(receiver_id, bridge_status_id)")

    @api.depends("state", "bridge_status_id.heard")
    def _compute_shown_state(self):
        for status in self:
            status.shown_state = status.state if status.bridge_status_id.heard else "silent"

    @api.model
    def _report(self, status):
        """Keep what a heartbeat said of its receivers; names that are not on file are left out, and
        what the bridge does not serve any more is forgotten."""
        if status.receivers is None:
            return
        cr = self.env.cr
        cr.execute(
            """
            DELETE FROM alarm_receiver_status status
             USING alarm_receiver receiver, alarm_bridge_status bridge
             WHERE receiver.id = status.receiver_id AND bridge.id = status.bridge_status_id
               AND bridge.name = %s AND receiver.name <> ALL(%s)
            """,
            [status.bridge, [receiver.name for receiver in status.receivers]],
        )
        if status.receivers:
            cr.execute_values(
                """
                INSERT INTO alarm_receiver_status AS known
                            (receiver_id, bridge_status_id, state, detail, last_seen_at, sending,
                             backlog, epoch, last_seq, claimed_at)
                     SELECT receiver.id, bridge.id, said.state, said.detail,
                            coalesce(said.last_seen_at::timestamp, known.last_seen_at),
                            said.sending, said.backlog, said.epoch, said.last_seq,
                            CASE WHEN said.backlog = 0 THEN coalesce(
                                CASE WHEN (known.epoch, known.last_seq)
                                          = (said.epoch, said.last_seq)
                                     THEN known.claimed_at END,
                                clock_timestamp() AT TIME ZONE 'UTC')
                            END
                       FROM (VALUES %s)
                            AS said (bridge, name, state, detail, last_seen_at, sending, backlog,
                                     epoch, last_seq)
                       JOIN alarm_receiver receiver ON receiver.name = said.name
                       JOIN alarm_bridge_status bridge ON bridge.name = said.bridge
                  LEFT JOIN alarm_receiver_status known
                         ON known.receiver_id = receiver.id AND known.bridge_status_id = bridge.id
                ON CONFLICT (receiver_id, bridge_status_id) DO UPDATE
                        SET state = excluded.state,
                            detail = excluded.detail,
                            last_seen_at = excluded.last_seen_at,
                            sending = excluded.sending,
                            backlog = excluded.backlog,
                            epoch = excluded.epoch,
                            last_seq = excluded.last_seq,
                            claimed_at = excluded.claimed_at
                """,
                [
                    (
                        status.bridge,
                        receiver.name,
                        receiver.state,
                        receiver.detail,
                        receiver.last_seen_at,
                        receiver.sending,
                        receiver.backlog,
                        status.epoch,
                        receiver.last_seq,
                    )
                    for receiver in status.receivers
                ],
            )
        self.invalidate_model()
