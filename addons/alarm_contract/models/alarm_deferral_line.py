from odoo import api, fields, models


class AlarmDeferralLine(models.Model):
    """What of a deferred fee is earned in a month, and the entry that made it income."""

    _name = "alarm.deferral.line"
    _description = "Month of Deferred Income"
    _order = "month, id"
    _log_access = False

    deferral_id = fields.Many2one(
        "alarm.deferral", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    contract_id = fields.Many2one(related="deferral_id.contract_id")
    month = fields.Date(required=True, readonly=True, help="Its first day.")
    month_name = fields.Char(compute="_compute_month_name", string="Month of the Year")
    amount = fields.Monetary(required=True, readonly=True)
    move_id = fields.Many2one(
        "account.move",
        string="Entry",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Empty: still to be released.",
    )
    error = fields.Text(
        string="Why It Waits", readonly=True, help="Why it could not be released, the last time."
    )

    _waiting_idx = models.Index("(company_id, month) WHERE move_id IS NULL")

    @api.depends("month")
    def _compute_month_name(self):
        for line in self:
            line.month_name = line.month.strftime("%Y-%m")

    @api.model
    def _insert(self, rows):
        """Add months of deferred fees: many at once, without the cost of a record each.

        :param rows: [(deferral id, month, amount)]
        """
        if rows:
            self.env.cr.execute_values(
                """
                INSERT INTO alarm_deferral_line (deferral_id, company_id, month, amount)
                SELECT deferral.id, deferral.company_id, row.month::date, row.amount::numeric
                  FROM (VALUES %s) AS row (deferral_id, month, amount)
                  JOIN alarm_deferral deferral ON deferral.id = row.deferral_id
                """,
                rows,
            )
            self.env["alarm.deferral"].invalidate_model(["line_ids"])

    def _free(self):
        """The entry that released these is void: they wait again."""
        deferrals = self.deferral_id
        self.write({"move_id": False, "error": False})
        # What waits is what the invoice says now.
        deferrals._replan()
