from odoo import models


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _find_billing_problem(self, company, journal):
        """Why nothing can be invoiced by this product, as a list of none or one reason."""
        self.ensure_one()
        accounts = self.product_tmpl_id.with_company(company).get_product_accounts()
        account = accounts["income"] or journal.default_account_id
        if not account:
            return [self.env._("%s has no income account.", self.display_name)]
        if not account.active:
            return [
                self.env._(
                    "The income account %(account)s of %(product)s is archived.",
                    account=account.display_name,
                    product=self.display_name,
                )
            ]
        return []
