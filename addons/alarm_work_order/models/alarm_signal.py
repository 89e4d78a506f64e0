import logging

from odoo import api, models

_logger = logging.getLogger(__name__)


class AlarmSignal(models.Model):
    _inherit = "alarm.signal"

    @api.model
    def _on_attended(self, signal_ids):
        result = super()._on_attended(signal_ids)
        try:
            self.env["alarm.work.order"]._walk_of_signals(signal_ids)._walk_arrived_each()
        except Exception:
            # The bridge must not send all of them again; the due work, the next signal, or whoever
            # looks at the page, walks what was left.
            _logger.exception("Walk tests could not take %d signals", len(signal_ids))
        return result
