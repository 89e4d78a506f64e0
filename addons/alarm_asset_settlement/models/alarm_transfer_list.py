from odoo import models

from odoo.addons.alarm_settlement.models.alarm_transfer_list import CHANGES_OWNER


class AlarmTransferList(models.Model):
    _inherit = "alarm.transfer.list"

    def _is_agreed(self):
        """Who leaves before the term is over has not earned the equipment."""
        return super()._is_agreed() and self.contract_id._term_is_served(self.date)

    def _get_devices(self):
        """What is an asset of another contract is that one's to give."""
        devices = super()._get_devices()
        if self.kind not in CHANGES_OWNER:
            return devices
        contracts = self.contract_id | self.contract_id.share_source_ids
        others = devices._running_assets().filtered(
            lambda asset: asset.contract_id and asset.contract_id not in contracts
        )
        return devices - others.device_id

    def _give(self, devices):
        """Their assets leave the books without compensation, what was not depreciated is a loss,
        and the stock has them as equipment that is not ours."""
        devices._derecognise(self.date, self._get_reason(), self.partner_id)
