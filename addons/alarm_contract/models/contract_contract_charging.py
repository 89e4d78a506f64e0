from odoo import api, fields, models

from ..tools.charge_words import ChargeWords
from ..tools.contract_states import CHARGED


class ContractContract(models.Model):
    """What is owed under contracts, and the one way by which it is charged."""

    _inherit = "contract.contract"

    last_charged_at = fields.Datetime(readonly=True, copy=False)

    def _charge(self, date):
        """Charge all that is due up to `date` and invoice it, dated `date`. Contracts that another
        process is charging at this moment are left to it. Returns the invoices."""
        contracts = self.try_lock_for_update(allow_referencing=True)
        # Another process that waits with an older view of these contracts finds them changed, and
        # begins anew.
        contracts.last_charged_at = fields.Datetime.now()
        charges = self.env["alarm.charge"]._make(contracts._prepare_due(date))
        charges |= contracts._get_open_charges(date)
        charges._mark_periods()
        return charges._invoice(date)

    def _prepare_due(self, date):
        """Values of all that is due up to `date` and was not made yet: the charges of the lines,
        and others. What is shown beforehand and what is charged are both this."""
        others = self.env["alarm.charge"]._prepare_added(self._prepare_other_charges(date))
        return self._prepare_charges(date) + others

    def _prepare_other_charges(self, date):
        """Values, as for `_add`, of charges that are due and belong to no line. Others say which
        they have."""
        return []

    def _get_open_charges(self, date):
        """What others have added and nobody has invoiced yet."""
        charges = self.env["alarm.charge"]
        return charges.search([("contract_id", "in", self.ids), *charges._domain_open(date)])

    def _prepare_charges(self, date):
        """Values of all charges of the lines that are due up to `date`, for all contracts at once:
        the number of queries does not depend on how many they are."""
        lines = self._get_due_lines(date)
        counts = {}
        for (line, site), number in lines._count_by_site(date).items():
            counts.setdefault(line.id, {})[site] = number
        words = ChargeWords(self.env, date)
        due = {line: line._get_due_periods(date) for line in lines}
        prices = lines._get_prices_at(
            {line: [period.start for period in of_line] for line, of_line in due.items()}
        )
        return [
            line._prepare_charge(period, site, quantity, words, prices[line, period.start])
            for line in lines
            for period in due[line]
            for site, quantity in line._get_quantities(counts.get(line.id, {}))
        ]

    def _get_due_lines(self, date):
        return self.env["contract.line"].search(
            [
                ("contract_id", "in", self.ids),
                ("contract_id.business_model_id", "!=", False),
                ("contract_id.alarm_state", "in", tuple(CHARGED)),
                ("recurring_next_date", "<=", date),
                ("waiting", "=", False),
                ("is_canceled", "=", False),
                ("display_type", "=", False),
            ],
            order="contract_id, sequence, id",
        )

    def _get_payer_lang(self):
        """The language of what is written on invoices, whoever makes them."""
        return self.invoice_partner_id.lang or self.partner_id.lang or self.env.lang

    def _prepare_charge_values(self):
        """What all charges of a contract have in common."""
        self.ensure_one()
        return {
            "contract_id": self.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
        }

    # Plain contracts are invoiced as before; those of the centre only by the way above, whichever
    # button or job asks for it.

    @api.model
    def _get_contracts_to_invoice_domain(self, date_ref=None):
        return super()._get_contracts_to_invoice_domain(date_ref) & fields.Domain(
            "business_model_id", "=", False
        )

    def _recurring_create_invoice(self, date_ref=False):
        ours = self.filtered("business_model_id")
        moves = super(ContractContract, self - ours)._recurring_create_invoice(date_ref)
        today = self.company_id._alarm_today()
        for date, contracts in ours.grouped("recurring_next_date").items():
            moves |= contracts._charge(date_ref or date or today)
        return moves

    @api.depends("contract_line_ids.recurring_next_date", "business_model_id")
    def _compute_recurring_next_date(self):
        ours = self.filtered("business_model_id")
        for contract in ours:
            dates = [
                line.recurring_next_date
                for line in contract.contract_line_ids
                if line.recurring_next_date and not line.is_canceled and not line.display_type
            ]
            contract.recurring_next_date = min(dates, default=False)
        return super(ContractContract, self - ours)._compute_recurring_next_date()
