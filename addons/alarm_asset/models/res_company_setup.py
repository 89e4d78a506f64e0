from odoo import models


class ResCompany(models.Model):
    """What leasing needs of the books, in one go."""

    _inherit = "res.company"

    def _set_up_leasing(self):
        """Accounts, journal and profiles of leased equipment, and perpetual valuation of the
        categories of equipment with serial numbers: only then does the stock post what is
        delivered on lease.

        :raises UserError: the company has no chart of accounts
        """
        for company in self:
            company = company.with_company(company)
            company._check_has_chart()
            for treatment in ("own_asset", "intangible", "contract_cost"):
                company._alarm_asset_profile(treatment)
            company._get_asset_disposal_account()
            company._value_equipment_perpetually()

    def _value_equipment_perpetually(self):
        """Categories of serial-numbered equipment post each delivery; what they are valued at by
        standard price is valued at average cost, so that what comes back is worth what it is."""
        templates = self.env["product.template"].search(
            [
                *self.env["product.template"]._check_company_domain(self),
                ("alarm_device_kind", "!=", False),
                ("tracking", "=", "serial"),
                ("categ_id", "!=", False),
            ]
        )
        templates.categ_id.filtered(
            lambda category: category.property_valuation != "real_time"
        ).property_valuation = "real_time"
