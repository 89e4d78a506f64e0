from odoo import models
from odoo.tools import format_datetime

from ..tools.dispatch_states import CLOCKS


class AlarmDispatch(models.Model):
    """What the dispatch record shows."""

    _inherit = "alarm.dispatch"

    def _record_clock(self):
        """By whose clock the record tells the times."""
        self.ensure_one()
        return self.sudo().incident_id._clock()[1]

    def _record_times(self):
        """``(step, time at the premises, minutes since it was sent)`` of each step done."""
        self.ensure_one()
        times, sent = [], self.proposed_at
        for clock in dict.fromkeys(CLOCKS.values()):
            moment = self[clock]
            if moment:
                shown = format_datetime(self.env, moment, tz=self.sudo().subscriber_id.tz)
                minutes = int((moment - sent).total_seconds() // 60)
                label = self._fields[clock]._description_string(self.env)
                times.append((label, shown, self.env._("+%s min", minutes)))
        return times
