from markupsafe import Markup

from odoo import api, fields, models

from odoo.addons.alarm_contract.tools.terms_in_words import terms_in_words


class SaleOrder(models.Model):
    """The terms in words: in the protection plan, on the quotation and where it is signed."""

    _inherit = "sale.order"

    contract_terms = fields.Html(string="Terms of the Contract", compute="_compute_contract_terms")

    @api.depends("business_model_id")
    @api.depends_context("lang")
    def _compute_contract_terms(self):
        for order in self:
            rows = order._contract_terms()
            order.contract_terms = rows and Markup("<dl class='o_alarm_terms mb-0'>%s</dl>") % (
                Markup("").join(Markup("<dt>%s</dt><dd>%s</dd>") % row for row in rows)
            )

    def _contract_terms(self):
        """Rows ``(label, sentence)`` of the business model, in the language of the order's
        environment; empty where no contract is made."""
        self.ensure_one()
        if not self.business_model_id:
            return []
        # As superuser: the customer on the portal reads what he signs, and nothing else of it.
        return terms_in_words(self.business_model_id.sudo(), self.company_id)

    def _plan_terms(self):
        return super()._plan_terms() + self._contract_terms()
