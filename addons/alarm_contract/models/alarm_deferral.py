from decimal import Decimal

from odoo import api, fields, models

from ..tools.deferral import month_of, replan, schedule


class AlarmDeferral(models.Model):
    """A fee that was billed in advance and is earned month by month: one invoice line of which the
    income waits. A credit note waits likewise, with the other sign: month by month it takes back
    what the invoice gives.

    Whatever becomes of the invoice, of the contract and of the entries, what is still planned is
    what the account of deferred income has for this line."""

    _name = "alarm.deferral"
    _description = "Deferred Income"
    _order = "period_start desc, id desc"
    _rec_name = "name"
    _check_company_auto = True

    name = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    move_line_id = fields.Many2one(
        "account.move.line",
        string="Invoice Line",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    move_id = fields.Many2one(related="move_line_id.move_id", string="Invoice")
    charge_id = fields.Many2one(
        "alarm.charge", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    contract_id = fields.Many2one(
        "contract.contract", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    contract_line_id = fields.Many2one(
        "contract.line", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    account_id = fields.Many2one(
        "account.account", required=True, readonly=True, ondelete="restrict"
    )
    income_account_id = fields.Many2one(
        "account.account", required=True, readonly=True, ondelete="restrict"
    )
    analytic_distribution = fields.Json(readonly=True)
    amount = fields.Monetary(readonly=True, help="In the company's currency, before tax.")
    period_start = fields.Date(required=True, readonly=True)
    period_end = fields.Date(required=True, readonly=True)
    stopped_on = fields.Date(
        readonly=True,
        help="The service ended before the period did: the rest was earned that day.",
    )
    line_ids = fields.One2many("alarm.deferral.line", "deferral_id", string="Months")
    released = fields.Monetary(compute="_compute_released", help="What is income already.")
    waiting = fields.Monetary(compute="_compute_released", help="What is still to be earned.")

    _move_line_uniq = models.Constraint(
        "UNIQUE(move_line_id)", "This invoice line is deferred already."
    )

    @api.depends("line_ids.amount", "line_ids.move_id")
    def _compute_released(self):
        sums = {(deferral.id, bool(done)): amount for deferral, done, amount in self._sum_lines()}
        for deferral in self:
            deferral.released = sums.get((deferral._origin.id, True), 0.0)
            deferral.waiting = sums.get((deferral._origin.id, False), 0.0)

    def _sum_lines(self):
        sums = {}
        for line in self.env["alarm.deferral.line"].search([("deferral_id", "in", self.ids)]):
            key = (line.deferral_id, bool(line.move_id))
            sums[key] = sums.get(key, 0.0) + line.amount
        return [(deferral, done, amount) for (deferral, done), amount in sums.items()]

    @api.model
    def _follow(self, invoice_lines):
        """Plan the months of these invoice lines as their invoices are now: posted, or not any
        more. What was released stays released; the rest is planned anew.

        :param invoice_lines: account.move.line with a period that is deferred
        """
        # Browsed anew: read together, by whatever way they were come to.
        invoice_lines = self.env["account.move.line"].sudo().browse(invoice_lines.ids)
        deferrals = self.sudo().search([("move_line_id", "in", invoice_lines.ids)])
        new = invoice_lines.filtered(lambda line: line.parent_state == "posted")
        new -= deferrals.move_line_id
        for deferral in deferrals.filtered(lambda deferral: deferral._is_posted()):
            # It may have been changed while it was a draft.
            deferral.write(deferral.move_line_id._prepare_deferral())
        deferrals |= self.sudo().create([line._prepare_deferral() for line in new])
        deferrals._replan()
        # Of what was never booked, nothing is left.
        deferrals.filtered(
            lambda deferral: not deferral.line_ids and not deferral._is_posted()
        ).unlink()

    def _replan(self):
        """Write the months that are still to be released."""
        Line = self.env["alarm.deferral.line"]
        self.env.flush_all()
        done = {}
        planned = Line
        for line in Line.search([("deferral_id", "in", self.ids)]):
            if line.move_id:
                months = done.setdefault(line.deferral_id, {})
                amount = months.get(line.month, 0) + Decimal(str(line.amount))
                months[line.month] = amount
            else:
                planned |= line
        planned.unlink()
        Line._insert(
            [
                (deferral.id, month, amount)
                for deferral in self
                for month, amount in deferral._plan(done.get(deferral, {})).items()
            ]
        )
        self.invalidate_recordset(["line_ids", "released", "waiting"])

    def _plan(self, released):
        """{month: what is still to be released in it}."""
        self.ensure_one()
        months = {}
        if self._is_posted():
            line = self.move_line_id
            # What was earned before it was billed is income the month it is billed.
            first = month_of(line.date)
            for month, amount in schedule(
                -line.balance,
                self.period_start,
                self.period_end,
                Decimal(str(self.currency_id.rounding)),
            ):
                month = max(month, first)
                months[month] = months.get(month, 0) + amount
        stop = self.stopped_on and month_of(self.stopped_on)
        return replan(months, released, stop)

    def _is_posted(self):
        self.ensure_one()
        return self.move_line_id.parent_state == "posted"

    def _stop(self, day):
        """The service ended on a day: what was planned for later is earned then, unless a credit
        note takes it back."""
        self.write({"stopped_on": day})
        self._replan()

    @api.model
    def _stop_ended(self, day, company):
        """Stop what belongs to lines of a company's contracts that ended before their paid period
        did, unless another line goes on with what was paid: then that one's end counts."""
        self.env["contract.line"].flush_model(
            ["date_end", "successor_contract_line_id", "last_date_invoiced", "charge_kind"]
        )
        self.flush_model(["contract_line_id", "company_id", "period_end", "stopped_on"])
        self.env.cr.execute(
            """
            WITH RECURSIVE chain AS (
                SELECT deferral.id, deferral.period_end, 0 AS depth, line.date_end,
                       line.successor_contract_line_id AS following_id
                  FROM alarm_deferral deferral
                  JOIN contract_line line ON line.id = deferral.contract_line_id
                 WHERE line.charge_kind != 'one_off'
                   AND line.date_end < deferral.period_end
                   AND line.date_end <= %s
                   AND deferral.company_id = %s
                   AND deferral.stopped_on IS NULL
                 UNION ALL
                SELECT chain.id, chain.period_end, chain.depth + 1, line.date_end,
                       line.successor_contract_line_id
                  FROM chain
                  JOIN contract_line line ON line.id = chain.following_id
                 WHERE line.last_date_invoiced > chain.date_end
                   AND chain.date_end < chain.period_end
                   AND chain.depth < 100
            ), last AS (
                SELECT DISTINCT ON (id) id, period_end, date_end
                  FROM chain
                 ORDER BY id, depth DESC
            )
            SELECT id, date_end FROM last WHERE date_end < period_end AND date_end <= %s
            """,
            [day, company.id, day],
        )
        ended = {}
        for deferral_id, date_end in self.env.cr.fetchall() + self._find_once_ended(day, company):
            ended.setdefault(date_end, []).append(deferral_id)
        for date_end, ids in ended.items():
            self.browse(ids)._stop(date_end)

    @api.model
    def _find_once_ended(self, day, company):
        """[(deferral id, last day)] of what was charged once and is earned as long as its contract,
        or the one that took it over, goes on."""
        self.env["contract.contract"].flush_model(
            ["alarm_state", "terminate_date", "successor_contract_id"]
        )
        self.env.cr.execute(
            """
            WITH RECURSIVE chain AS (
                SELECT deferral.id, deferral.period_end, 0 AS depth, contract.alarm_state,
                       contract.terminate_date, contract.successor_contract_id AS following_id
                  FROM alarm_deferral deferral
                  JOIN contract_contract contract ON contract.id = deferral.contract_id
                  LEFT JOIN contract_line line ON line.id = deferral.contract_line_id
                 WHERE (line.id IS NULL OR line.charge_kind = 'one_off')
                   AND contract.alarm_state = 'ended'
                   AND deferral.company_id = %s
                   AND deferral.stopped_on IS NULL
                 UNION ALL
                SELECT chain.id, chain.period_end, chain.depth + 1, contract.alarm_state,
                       contract.terminate_date, contract.successor_contract_id
                  FROM chain
                  JOIN contract_contract contract ON contract.id = chain.following_id
                 WHERE chain.depth < 100
            )
            SELECT id, terminate_date
              FROM chain
             WHERE following_id IS NULL
               AND alarm_state = 'ended'
               AND terminate_date < LEAST(period_end, %s + 1)
            """,
            [company.id, day],
        )
        return self.env.cr.fetchall()
