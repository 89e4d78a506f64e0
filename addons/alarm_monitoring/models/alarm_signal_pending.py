from odoo import fields, models


class AlarmSignalPending(models.Model):
    """A signal that waits for the decision about one matter. Written with the signal, deleted with
    the decision: what a crash leaves here is decided by the next tick."""

    _name = "alarm.signal.pending"
    _description = "Alarm Signal To Be Decided"
    _order = "id"
    _rec_name = "signal_id"
    _log_access = False

    signal_id = fields.Many2one("alarm.signal", required=True, readonly=True, ondelete="restrict")
    key = fields.Char(required=True, readonly=True, help="The matter: see the incident's key.")
    since = fields.Datetime(required=True, readonly=True)
    attempts = fields.Integer(required=True, readonly=True)
    error = fields.Char(readonly=True)

    _signal_key_uniq = models.UniqueIndex("(signal_id, key)")
