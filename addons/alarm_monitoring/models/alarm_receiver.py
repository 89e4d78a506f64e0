from datetime import timedelta

from odoo import api, fields, models

from .alarm_receiver_status import LINE_STATES

# A bridge beats every 10 seconds; three beats may get lost.
SILENT_AFTER = timedelta(seconds=35)


class AlarmReceiver(models.Model):
    """One receiver line of a bridge."""

    _name = "alarm.receiver"
    _description = "Alarm Receiver"
    _order = "name, id"

    name = fields.Char(required=True, help="As the receiver is called in the bridge's settings.")
    receiver_group_id = fields.Many2one(
        "alarm.receiver.group", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="receiver_group_id.company_id")
    format = fields.Char(help="What the line speaks: surgard, dc09…")
    allow = fields.Text(
        string="Allowed Sources",
        help="Addresses or networks from which the bridge accepts connections, one a line. "
        "Left empty, what the bridge's own settings say.",
    )
    active = fields.Boolean(default=True)
    status_ids = fields.One2many("alarm.receiver.status", "receiver_id")
    bridge = fields.Char(compute="_compute_status")
    state = fields.Selection(
        LINE_STATES,
        compute="_compute_status",
        help="Silent: neither the line nor its bridge has been heard in time.",
    )
    state_detail = fields.Char(compute="_compute_status")
    last_heartbeat_at = fields.Datetime(compute="_compute_status")
    last_seen_at = fields.Datetime(compute="_compute_status")
    backlog = fields.Integer(compute="_compute_status")

    _name_uniq = models.UniqueIndex("(name)", "Another receiver has this name.")

    @api.depends("status_ids")
    def _compute_status(self):
        silent_before = fields.Datetime.now() - SILENT_AFTER
        for receiver in self:
            status = receiver.status_ids
            bridge = status.bridge_status_id
            heard = bool(bridge.last_heartbeat_at and bridge.last_heartbeat_at >= silent_before)
            receiver.bridge = bridge.name
            receiver.last_heartbeat_at = bridge.last_heartbeat_at
            receiver.last_seen_at = status.last_seen_at
            receiver.backlog = status.backlog
            receiver.state_detail = status.detail
            receiver.state = (status.state if heard else "silent") if status else "unknown"

    @api.private
    def _on_receivers_changed(self):
        """Hook: the state of these receivers has changed."""
