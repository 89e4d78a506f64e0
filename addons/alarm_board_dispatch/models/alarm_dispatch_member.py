from odoo import models


class AlarmDispatchMember(models.Model):
    _inherit = "alarm.dispatch.member"

    def _wall_status(self):
        """The state of the order as far as it is this responder's: who has not answered is only
        asked however far the others are, and who has said yes may wait for the others."""
        if self.state == "invited":
            return "proposed"
        state = self.dispatch_id.state
        return "accepted" if state == "proposed" else state
