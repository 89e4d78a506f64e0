from odoo import fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    # What was booked for a piece of equipment is looked up for all of them at once.
    asset_id = fields.Many2one(index="btree_not_null")

    def _copy_data_extend_business_fields(self, values):
        result = super()._copy_data_extend_business_fields(values)
        if self.env.context.get("alarm_keeps_asset") and self.asset_id.lot_id:
            values["asset_id"] = self.asset_id.id
        return result
