from odoo import models


class AlarmSignal(models.Model):
    _inherit = "alarm.signal"

    def _board_zone(self):
        """Where, for the queue and the list of signals: "005 Back door", "005", or None."""
        return self.zone_id.display_name or self.zone or None

    def _board_user(self):
        """Who, where a code names a user instead of a zone: "3 Li", "3", or None."""
        return self.panel_user_id.display_name or self.user or None
