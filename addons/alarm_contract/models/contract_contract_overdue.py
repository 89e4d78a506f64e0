from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ..tools.dunning import Item


class ContractContract(models.Model):
    """What of a contract's invoices is overdue, by Odoo's own receivables."""

    _inherit = "contract.contract"

    @api.model
    def _overdue_items(self, date, contracts=None):
        """``{contract id: [Item]}`` of what was due before `date`: instalments of posted invoices.

        An invoice that is paid, or whose payment is on its way, is not overdue though its
        receivable may be open; one that accounts has blocked is in dispute. What several
        contracts share by one invoice is overdue for each with its part.

        :param contracts: only of these; None: of all that the user's companies have
        """
        model = self.env["alarm.charge"]
        model.flush_model(["contract_id", "move_id", "move_line_id"])
        self.env["account.move"].flush_model(
            ["state", "move_type", "payment_state", "commercial_partner_id"]
        )
        self.env["account.move.line"].flush_model()
        of = (
            SQL("TRUE")
            if contracts is None
            else SQL("charge.contract_id = ANY(%s)", list(contracts.ids))
        )
        rows = self.env.execute_query(
            SQL(
                """
                WITH overdue AS (
                    SELECT line.id, line.move_id, line.date_maturity,
                           move.commercial_partner_id AS payer,
                           line.amount_residual_currency AS amount
                      FROM account_move_line line
                      JOIN account_account account ON account.id = line.account_id
                      JOIN account_move move ON move.id = line.move_id
                     WHERE account.account_type = 'asset_receivable'
                       AND NOT line.reconciled AND line.parent_state = 'posted'
                       AND line.amount_residual > 0 AND line.date_maturity < %s
                       AND line.company_id = ANY(%s)
                       AND move.move_type IN ('out_invoice', 'out_receipt')
                       AND move.payment_state IN ('not_paid', 'partial')
                       AND %s
                       AND move.id IN (SELECT charge.move_id FROM alarm_charge charge WHERE %s)
                )
                SELECT charge.contract_id, overdue.id, overdue.date_maturity, overdue.amount,
                       overdue.payer, sum(item.price_total),
                       sum(sum(item.price_total)) OVER (PARTITION BY overdue.id)
                  FROM overdue JOIN alarm_charge charge ON charge.move_id = overdue.move_id
                  JOIN account_move_line item ON item.id = charge.move_line_id
                 GROUP BY charge.contract_id, overdue.id, overdue.date_maturity, overdue.amount,
                          overdue.payer
                """,
                date,
                self.env.companies.ids,
                self._get_overdue_condition(date),
                of,
            )
        )
        wanted = None if contracts is None else set(contracts.ids)
        found = defaultdict(list)
        for contract_id, line_id, due, amount, payer, part, whole in rows:
            # What the others on the invoice owe is not this contract's.
            share = max(part / whole, 0) if whole else 1
            if share and (wanted is None or contract_id in wanted):
                found[contract_id].append(Item(line_id, due, float(amount) * float(share), payer))
        return dict(found)

    @api.model
    def _get_overdue_condition(self, date):
        """Hook: what else has to hold of an invoice (`move`) that is overdue, as SQL."""
        return SQL("TRUE")

    def _unallocated_payments(self, payer):
        """What this payer has paid without it being allocated: in the currency of the company,
        positive."""
        self.ensure_one()
        [[amount]] = self.env["account.move.line"]._read_group(
            [
                ("partner_id.commercial_partner_id", "=", payer.commercial_partner_id.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("amount_residual", "<", 0),
                ("company_id", "=", self.company_id.id),
            ],
            [],
            ["amount_residual:sum"],
        )
        return -(amount or 0.0)
