from odoo import api, fields, models

from ..tools.revenue import Account, Booked


class AlarmRevenueBalance(models.Model):
    """What the ledger holds of each line: the sum of its movements, kept so that the next
    difference is found without reading them all. Written by the ledger alone."""

    _name = "alarm.revenue.balance"
    _description = "Booked Revenue of a Line"
    _log_access = False
    _rec_name = "contract_line_id"

    contract_line_id = fields.Many2one(
        "contract.line", required=True, readonly=True, ondelete="restrict"
    )
    amount = fields.Float(required=True, readonly=True, digits=0)
    quantity = fields.Float(required=True, readonly=True, digits=0)
    running = fields.Boolean(required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="restrict")
    currency_id = fields.Many2one("res.currency", required=True, readonly=True, ondelete="restrict")
    business_model_id = fields.Many2one("alarm.business.model", readonly=True, ondelete="restrict")
    revenue_class = fields.Char(required=True, readonly=True)
    ended_as = fields.Char(readonly=True)
    ended_amount = fields.Float(readonly=True, digits=0)
    ended_quantity = fields.Float(readonly=True, digits=0)
    booked_on = fields.Date(required=True, readonly=True)

    _line_uniq = models.UniqueIndex("(contract_line_id)", "A line has one balance.")

    @api.model
    def _read_booked(self, line_ids):
        """Line id -> Booked, of those that were ever booked."""
        self.env.cr.execute(
            """
            SELECT contract_line_id, amount, quantity, running, company_id, currency_id,
                   business_model_id, revenue_class, ended_as, ended_amount, ended_quantity,
                   booked_on
              FROM alarm_revenue_balance WHERE contract_line_id = ANY(%s)
            """,
            [list(line_ids)],
        )
        return {
            row[0]: Booked(*row[1:4], Account(*row[4:8]), *row[8:])
            for row in self.env.cr.fetchall()
        }

    @api.model
    def _keep(self, balances):
        """Note what is booked from now on: line id -> Booked."""
        self.env.cr.execute_values(
            """
            INSERT INTO alarm_revenue_balance AS balance (
                contract_line_id, amount, quantity, running, company_id, currency_id,
                business_model_id, revenue_class, ended_as, ended_amount, ended_quantity, booked_on
            ) VALUES %s
            ON CONFLICT (contract_line_id) DO UPDATE SET
                amount = excluded.amount, quantity = excluded.quantity,
                running = excluded.running, company_id = excluded.company_id,
                currency_id = excluded.currency_id,
                business_model_id = excluded.business_model_id,
                revenue_class = excluded.revenue_class, ended_as = excluded.ended_as,
                ended_amount = excluded.ended_amount, ended_quantity = excluded.ended_quantity,
                booked_on = excluded.booked_on
            """,
            [
                (
                    line_id,
                    booked.amount,
                    booked.quantity,
                    booked.running,
                    *booked.account,
                    booked.ended_as,
                    booked.ended_amount,
                    booked.ended_quantity,
                    booked.on,
                )
                for line_id, booked in sorted(balances.items())
            ],
            page_size=5000,
        )
        self.invalidate_model()


class AlarmRevenueHead(models.Model):
    """Where each contract stands in the ledger. Whoever books a line of it writes this row, so two
    who do so at once do not both see the other's line running: the second begins anew."""

    _name = "alarm.revenue.head"
    _description = "Contract in the Revenue Ledger"
    _log_access = False
    _rec_name = "contract_id"

    contract_id = fields.Many2one(
        "contract.contract", required=True, readonly=True, ondelete="restrict"
    )
    lines = fields.Integer(required=True, readonly=True, help="Lines booked as running.")
    cohort_on = fields.Date(required=True, readonly=True)
    left_as = fields.Char(readonly=True, help="As what its last line went.")

    _contract_uniq = models.UniqueIndex("(contract_id)", "A contract stands in one place.")

    @api.model
    def _read_heads(self, contract_ids):
        """Contract id -> ``(lines, cohort_on, left_as)``."""
        self.env.cr.execute(
            """
            SELECT contract_id, lines, cohort_on, left_as FROM alarm_revenue_head
             WHERE contract_id = ANY(%s)
            """,
            [list(contract_ids)],
        )
        return {contract: tuple(head) for contract, *head in self.env.cr.fetchall()}

    @api.model
    def _keep(self, heads):
        """Contract id -> ``(lines, cohort_on, left_as)``."""
        self.env.cr.execute_values(
            """
            INSERT INTO alarm_revenue_head (contract_id, lines, cohort_on, left_as) VALUES %s
            ON CONFLICT (contract_id) DO UPDATE
                SET lines = excluded.lines, left_as = excluded.left_as
            """,
            [(contract, *head) for contract, head in sorted(heads.items())],
            page_size=5000,
        )
        self.invalidate_model()
