from odoo import api, fields, models

from ..tools.terms_in_words import terms_in_words

# So many of the latest invoices are shown with the contract; all of them are under the invoices.
_INVOICES = 24


class ContractContract(models.Model):
    """What the customer sees of a contract."""

    _inherit = "contract.contract"

    def _prepare_portal_values(self):
        """Values of the page of one contract. Who does not pay is shown no prices: they are
        between us and the payer."""
        self.ensure_one()
        pays = self._is_paid_by_customer()
        return {
            "terms": terms_in_words(self, self.company_id),
            "pays": pays,
            "fees": self._get_portal_fees(),
            "owed": self._prepare_owed() if pays else False,
            "invoices": self._get_portal_invoices() if pays else self.env["account.move"],
            "notices": self._get_portal_notices(),
            "today": fields.Date.context_today(self),
        }

    def _is_paid_by_customer(self):
        self.ensure_one()
        return self.invoice_partner_id.commercial_partner_id == self.commercial_partner_id

    def _get_portal_fees(self):
        """Lines that run or will run."""
        today = fields.Date.context_today(self)
        return self.contract_line_ids.filtered(
            lambda line: not line.is_canceled
            and not line.display_type
            and (not line.date_end or line.date_end >= today)
        )

    def _get_portal_invoices(self):
        """The latest posted invoices of the contract that the customer pays."""
        moves = self._get_invoices().filtered(
            lambda move: move.state == "posted"
            and move.commercial_partner_id == self.commercial_partner_id
        )
        return moves.sorted("invoice_date", reverse=True)[:_INVOICES]

    def _get_portal_notices(self):
        """What the customer has to know before all else: dicts of level ("danger", "warning",
        "info"), title, text and html."""
        self.ensure_one()
        return []

    @api.model
    def _portal_state_badge(self, state):
        return {
            "running": "text-bg-success",
            "signed": "text-bg-info",
            "suspended": "text-bg-warning",
            "notice": "text-bg-warning",
        }.get(state, "text-bg-secondary")
