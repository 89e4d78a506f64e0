from odoo import models


class AlarmSettlement(models.Model):
    _inherit = "alarm.settlement"

    def _get_turnover_domain(self):
        """Equipment that is sold as an asset is no income of the service."""
        disposal = self.company_id.asset_disposal_account_id
        return [*super()._get_turnover_domain(), ("account_id", "not in", disposal.ids)]
