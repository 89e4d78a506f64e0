from odoo import models


class ResCompany(models.Model):
    _inherit = "res.company"

    def _prepare_equipment_location(self, ownership):
        """What is leased to somebody without premises (recorders that people wear or drive) stands
        in the location of all leased equipment: its value is kept among the fixed assets, too."""
        values = super()._prepare_equipment_location(ownership)
        if ownership == "leased":
            values["valuation_account_id"] = self._get_leased_equipment_account().id
        return values
