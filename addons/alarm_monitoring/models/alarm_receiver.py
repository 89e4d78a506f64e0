from odoo import api, fields, models

from .alarm_receiver_status import LINE_STATES

# Of several bridges that serve a receiver the one with the best line counts.
_BEST_FIRST = ("online", "silent", "down", "unknown")


class AlarmReceiver(models.Model):
    """One receiver line, served by one bridge or by several."""

    _name = "alarm.receiver"
    _inherit = "alarm.company.bound"
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
    bridge = fields.Char(
        string="Bridges",
        compute="_compute_status",
        help="Those that serve it and have been heard in time; the one that hands over first.",
    )
    state = fields.Selection(
        LINE_STATES,
        compute="_compute_status",
        help="The best that a bridge says of it. Silent: neither the line nor a bridge that "
        "serves it has been heard in time.",
    )
    state_detail = fields.Char(compute="_compute_status")
    last_heartbeat_at = fields.Datetime(compute="_compute_status")
    last_seen_at = fields.Datetime(compute="_compute_status")
    backlog = fields.Integer(compute="_compute_status")
    condition_ids = fields.Many2many(
        "alarm.bridge.condition",
        compute="_compute_condition_ids",
        string="Conditions",
        help="What is wrong with the bridges that serve it, as they say themselves.",
    )

    _name_uniq = models.UniqueIndex("(name)", "Another receiver has this name.")

    @api.depends("status_ids")
    def _compute_status(self):
        for receiver in self:
            known = receiver.status_ids
            heard = known.filtered("bridge_status_id.heard")
            best = min(heard, key=lambda one: _BEST_FIRST.index(one.state), default=None)
            serving = heard.sorted(lambda one: (not one.sending, one.bridge_status_id.name))
            receiver.bridge = ", ".join(serving.bridge_status_id.mapped("name")) or False
            receiver.last_heartbeat_at = _latest(known.mapped("last_heartbeat_at"))
            receiver.last_seen_at = _latest(known.mapped("last_seen_at"))
            # Bridges that share a journal say the same of it.
            receiver.backlog = max(known.mapped("backlog"), default=0)
            receiver.state_detail = best.detail if best else False
            receiver.state = best.state if best else "silent" if known else "unknown"

    @api.depends("status_ids.bridge_status_id.condition_ids")
    def _compute_condition_ids(self):
        for receiver in self:
            receiver.condition_ids = receiver.status_ids.bridge_status_id.condition_ids

    def _shown(self):
        """What a change of makes others look again."""
        return self.state, self.bridge

    @api.private
    def _on_receivers_changed(self):
        """Hook: the state of these receivers has changed."""


def _latest(moments):
    return max(filter(None, moments), default=False)
