from odoo import api, fields, models
from odoo.tools import SQL


class AlarmDeferralOutlook(models.Model):
    """How much of the deferred income will be earned in which month, and what is left after it.
    What else was posted on the account is a row of its own, so that the rows are the account's
    balance."""

    _name = "alarm.deferral.outlook"
    _description = "Deferred Income by Month"
    _auto = False
    _order = "company_id, account_id, month"
    _rec_name = "month"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    account_id = fields.Many2one("account.account", readonly=True)
    month = fields.Date(readonly=True)
    month_name = fields.Char(compute="_compute_month_name", string="Month of the Year")
    kind = fields.Selection(
        [
            ("late", "To Release Now"),
            ("ahead", "Earned Later"),
            ("other", "Other Entries on the Account"),
        ],
        readonly=True,
    )
    amount = fields.Monetary(readonly=True)
    left = fields.Monetary(
        string="Left After It", readonly=True, aggregator=None, help="What is deferred then."
    )

    error = fields.Text(
        string="Why It Waits", readonly=True, help="Of what could not be released, one reason."
    )

    @api.depends("month")
    def _compute_month_name(self):
        for row in self:
            row.month_name = row.month and row.month.strftime("%Y-%m")

    @property
    def _table_query(self):
        return self._select()

    def _select(self):
        return SQL(
            """
            WITH planned AS (
                SELECT line.company_id, deferral.account_id, line.month, SUM(line.amount) AS amount,
                       MAX(line.error) AS error
                  FROM alarm_deferral_line line
                  JOIN alarm_deferral deferral ON deferral.id = line.deferral_id
                 WHERE line.move_id IS NULL
                 GROUP BY line.company_id, deferral.account_id, line.month
            ), known AS (
                SELECT DISTINCT company_id, account_id FROM alarm_deferral
                 UNION
                SELECT id, alarm_deferral_account_id
                  FROM res_company
                 WHERE alarm_deferral_account_id IS NOT NULL
            ), posted AS (
                SELECT known.company_id, known.account_id,
                       COALESCE(SUM(-entry.balance), 0) AS amount
                  FROM known
                  LEFT JOIN account_move_line entry
                    ON entry.account_id = known.account_id
                   AND entry.company_id = known.company_id
                   AND entry.parent_state = 'posted'
                 GROUP BY known.company_id, known.account_id
            ), rest AS (
                SELECT posted.company_id, posted.account_id, posted.amount
                       - COALESCE((SELECT SUM(planned.amount)
                                     FROM planned
                                    WHERE planned.company_id = posted.company_id
                                      AND planned.account_id = posted.account_id), 0) AS amount
                  FROM posted
            ), rows AS (
                SELECT company_id, account_id, month,
                       CASE WHEN month < %s THEN 'late'
                            ELSE 'ahead' END AS kind,
                       amount,
                       SUM(amount) OVER (PARTITION BY company_id, account_id)
                       - SUM(amount) OVER (
                             PARTITION BY company_id, account_id ORDER BY month) AS left,
                       error
                  FROM planned
                 UNION ALL
                SELECT company_id, account_id, NULL::date, 'other', amount, 0, NULL
                  FROM rest
                 WHERE amount != 0
            )
            SELECT ROW_NUMBER() OVER (ORDER BY company_id, account_id, month) AS id, rows.*
              FROM rows
            """,
            self.env.company._alarm_today().replace(day=1),
        )

    def action_view_lines(self):
        """The fees of which it is the month; or the entries that are none of them."""
        self.ensure_one()
        if self.kind == "other":
            return {
                "type": "ir.actions.act_window",
                "name": self.account_id.display_name,
                "res_model": "account.move.line",
                "views": [(False, "list")],
                "domain": [
                    ("account_id", "=", self.account_id.id),
                    ("parent_state", "=", "posted"),
                    ("alarm_deferral_start", "=", False),
                    ("move_id.alarm_deferral_month", "=", False),
                ],
            }
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "alarm_contract.alarm_deferral_line_action"
        )
        return action | {
            "domain": [
                ("company_id", "=", self.company_id.id),
                ("deferral_id.account_id", "=", self.account_id.id),
                ("month", "=", self.month),
                ("move_id", "=", False),
            ],
        }
