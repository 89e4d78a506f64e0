from datetime import timedelta

from odoo import api, fields, models

# A phone that was off so long has been wiped.
_KEPT_DAYS = 180


class AlarmWorkInput(models.Model):
    """What a phone sent. Where the network is bad it sends the same more than once, not knowing
    that it arrived: its key says that it was done already."""

    _name = "alarm.work.input"
    _description = "Input from the Phone Page"
    _order = "id desc"

    key = fields.Char(required=True, readonly=True)
    work_order_id = fields.Many2one(
        "alarm.work.order", required=True, readonly=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="restrict")
    verb = fields.Char(required=True, readonly=True)
    typed_at = fields.Datetime(readonly=True, help="When it was typed, by the clock of the phone.")

    _key_uniq = models.UniqueIndex("(key)", "This was received before.")

    @api.autovacuum
    def _gc_inputs(self):
        limit = fields.Datetime.now() - timedelta(days=_KEPT_DAYS)
        self.search([("create_date", "<", limit)], limit=10000).unlink()
