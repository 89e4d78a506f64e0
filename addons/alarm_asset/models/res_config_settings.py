from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    asset_first_month = fields.Selection(
        related="company_id.asset_first_month", readonly=False, required=True
    )
    leased_life_months = fields.Integer(related="company_id.leased_life_months", readonly=False)
    asset_disposal_account_id = fields.Many2one(
        related="company_id.asset_disposal_account_id", readonly=False
    )

    def action_set_up_leasing(self):
        """Make the accounts, the journal and the profiles that leasing needs."""
        self.check_access("create")
        # As superuser: nothing of the user's goes in, and who may change the settings may do this.
        self.company_id.sudo()._set_up_leasing()
        return {"type": "ir.actions.client", "tag": "reload"}
