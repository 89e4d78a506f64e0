from odoo import api, fields, models

# Lines that the daily job looks at in one transaction.
_BATCH = 2000


class ContractContract(models.Model):
    """The contract in the revenue ledger."""

    _inherit = "contract.contract"

    revenue_movement_ids = fields.One2many(
        "alarm.revenue.movement", "contract_id", string="Revenue Movements", readonly=True
    )
    creation_cost = fields.Monetary(
        string="Cost to Create",
        copy=False,
        groups="alarm_contract.group_clerk",
        help="What winning the contract cost: sales, equipment and work, less what the customer "
        "paid once. Taken over from the order. 0: not known, and left out of the figures.",
    )

    def _action_sign(self, date):
        result = super()._action_sign(date)
        self.contract_line_ids._book_revenue()
        return result

    def _action_start(self, date, subscribers=None):
        result = super()._action_start(date, subscribers)
        self.contract_line_ids._book_revenue()
        return result

    @api.model
    def _cron_book_revenue(self):
        """Book what changed by itself or by nobody's verb: ends of lines and discounts, zones that
        were added or removed, prices that were written."""
        lines = self.env["contract.line"]
        found = lines._find_unbooked(fields.Date.context_today(self))
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(found))
        for start in range(0, len(found), _BATCH):
            batch = found[start : start + _BATCH]
            lines.browse(batch)._book_revenue()
            self.env.invalidate_all()
            if not cron._commit_progress(len(batch)):
                break
