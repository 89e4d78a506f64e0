from odoo import api, models


class ContractContract(models.Model):
    _inherit = "contract.contract"

    @api.model
    def _of_devices(self, devices):
        """Equipment at a user's premises under a concession or a joint venture is that one's: its
        term and its treatment count, however long the user stays."""
        return {
            device: contract.share_contract_id or contract
            for device, contract in super()._of_devices(devices).items()
        }
