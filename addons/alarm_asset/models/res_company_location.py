from odoo import models


class ResCompany(models.Model):
    """What is leased to somebody without premises (recorders that people wear or drive) stands in
    the location of all leased equipment: its value is kept among the fixed assets, too."""

    _inherit = "res.company"

    def _get_equipment_location(self, ownership):
        location = super()._get_equipment_location(ownership)
        if ownership == "leased" and not location.valuation_account_id:
            # Made before there were assets, or a chart.
            location.valuation_account_id = self._get_leased_equipment_account()
        return location
