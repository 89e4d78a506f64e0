from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    leased_equipment_account_id = fields.Many2one(
        "account.account",
        string="Account of Leased Equipment",
        ondelete="restrict",
        check_company=True,
        domain="[('account_type', 'in', ('asset_fixed', 'asset_non_current'))]",
        help="Fixed assets: what is delivered on lease goes from the stock to this account, and "
        "back when it returns. Premises that have leased equipment already keep their account, "
        "so that what was posted there can leave from there.",
    )
    sold_equipment_location_id = fields.Many2one(
        "stock.location", string="Location of Sold Equipment", ondelete="restrict"
    )
    leased_equipment_location_id = fields.Many2one(
        "stock.location", string="Location of Leased Equipment", ondelete="restrict"
    )

    def _get_leased_equipment_account(self):
        """The account of leased equipment; the first time the fixed assets of the chart, unless
        somebody chose another one. None in a company without a chart."""
        self.ensure_one()
        if not self.leased_equipment_account_id:
            self.leased_equipment_account_id = self.env["account.account"].search(
                [
                    *self.env["account.account"]._check_company_domain(self),
                    ("account_type", "=", "asset_fixed"),
                ],
                order="code, id",
                limit=1,
            )
        return self.leased_equipment_account_id

    def _get_equipment_location(self, ownership):
        """The location below which the premises have their own, made when it is first needed."""
        self.ensure_one()
        name = f"{ownership}_equipment_location_id"
        if not self[name]:
            self[name] = self.env["stock.location"].create(
                self._prepare_equipment_location(ownership)
            )
        return self[name]

    def _prepare_equipment_location(self, ownership):
        names = {
            "sold": self.env._("Sold Equipment"),
            "leased": self.env._("Leased Equipment"),
        }
        return {
            "name": names[ownership],
            "usage": "customer",
            "company_id": self.id,
            "location_id": self.env.ref("stock.stock_location_customers").id,
            "equipment_ownership": ownership,
        }
