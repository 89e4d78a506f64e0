from odoo import api, models

from ..tools.contract_states import CHARGED


class ContractContract(models.Model):
    """What a billing run asks of contracts: which owe something, and what stands in the way."""

    _inherit = "contract.contract"

    @api.model
    def _get_ids_to_bill(self, company, date):
        """Contracts of the company that owe something up to `date`."""
        ours = [
            ("company_id", "=", company.id),
            ("business_model_id", "!=", False),
            ("alarm_state", "in", tuple(CHARGED)),
        ]
        by_lines = self._search([*ours, ("recurring_next_date", "<=", date)])
        by_charges = self._search(
            [
                *ours,
                ("charge_ids", "any", self.env["alarm.charge"]._domain_open(date)),
            ]
        )
        return sorted({*by_lines, *by_charges})

    @api.model
    def _get_ids_to_preview(self, company, date):
        """As `_get_ids_to_bill`, and those whose charges wait for something else still."""
        return self._get_ids_to_bill(company, date)

    def _get_billing_problems(self):
        """What keeps these from being invoiced, as far as it can be told beforehand: {id: reasons}.

        For all at once; a product is looked at once for all that are charged by it.
        """
        journals, products, problems = {}, {}, {}
        for contract in self:
            journal = contract._get_billing_journal(journals)
            reasons = [*contract._find_payer_problems(), *contract._find_journal_problems(journal)]
            for product in contract.contract_line_ids.product_id:
                key = (contract.company_id, journal, product)
                if key not in products:
                    products[key] = product._find_billing_problem(contract.company_id, journal)
                reasons += products[key]
            if reasons:
                problems[contract.id] = reasons
        return problems

    def _find_payer_problems(self):
        payer, currency = self.invoice_partner_id, self.currency_id
        if not payer:
            yield self.env._("Nobody is named who pays.")
        elif not payer.active:
            yield self.env._("%s, who pays, is archived.", payer.display_name)
        if not currency.active:
            yield self.env._("The currency %s is archived.", currency.name)

    def _find_journal_problems(self, journal):
        if not journal:
            yield self.env._("%s has no journal for sales.", self.company_id.name)
        elif not journal.active:
            yield self.env._("The journal %s is archived.", journal.display_name)

    def _get_billing_journal(self, known):
        """The journal that `_prepare_invoice` takes; `known` keeps what was found for a company."""
        if self.journal_id.type == "sale":
            return self.journal_id
        if self.company_id not in known:
            known[self.company_id] = self.env["account.journal"].search(
                [("type", "=", "sale"), ("company_id", "=", self.company_id.id)], limit=1
            )
        return known[self.company_id]
