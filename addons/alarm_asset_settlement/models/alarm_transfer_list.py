from odoo import models


class AlarmTransferList(models.Model):
    _inherit = "alarm.transfer.list"

    def _give(self, devices):
        """Their assets leave the books without compensation, what was not depreciated is a loss,
        and the stock has them as equipment that is not ours."""
        devices._derecognise(self.date, self._get_reason(), self.partner_id)
