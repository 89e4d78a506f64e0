from odoo import api, fields, models

from ..tools.charge_words import ChargeWords
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
            "next_date": self._get_next_charge_date() if pays else False,
            "next_charges": self._preview_next_charges() if pays else [],
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

    def _get_next_charge_date(self):
        dates = self.contract_line_ids.filtered(
            lambda line: line.recurring_next_date and not line.is_canceled
        ).mapped("recurring_next_date")
        dates += self._get_waiting_charges().mapped("date_due")
        return min(dates, default=False)

    def _get_waiting_charges(self):
        """What happened already and is not on an invoice yet, e.g. attendances."""
        return self.charge_ids.filtered(lambda charge: charge.state == "chargeable")

    def _preview_next_charges(self):
        """What the next invoice will have on it: dicts of name, quantity, unit_price, amount and
        how the quantity was counted today. What is counted may be another number by then."""
        self.ensure_one()
        date = self._get_next_charge_date()
        if not date or self.alarm_state in ("draft", "ended"):
            return []
        today = fields.Date.context_today(self)
        words = ChargeWords(self.env, today)
        lines = self.contract_line_ids.filtered(
            lambda line: line.recurring_next_date == date and not line.is_canceled
        )
        counts = {}
        for (line, site), number in lines._count_by_site(today).items():
            counts.setdefault(line.id, {})[site] = number
        values = [
            line._prepare_charge(period, site, quantity, words)
            for line in lines
            for period in line._get_due_periods(date)
            for site, quantity in line._get_quantities(counts.get(line.id, {}))
        ]
        return [vals for vals in values if vals["amount"]] + [
            {
                "name": charge.name,
                "counted": charge.counted,
                "quantity": charge.quantity,
                "unit_price": charge.unit_price,
                "amount": charge.amount,
            }
            for charge in self._get_waiting_charges().filtered(
                lambda charge: charge.date_due <= date
            )
        ]

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
