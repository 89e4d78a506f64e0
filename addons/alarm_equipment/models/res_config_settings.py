from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    leased_equipment_account_id = fields.Many2one(
        related="company_id.leased_equipment_account_id", readonly=False
    )
