from odoo import api, fields, models

# Lines that the daily job looks at in one transaction.
_BATCH = 2000

# Who writes one of these may change what the lines are worth.
_WORTH = frozenset(
    {"active", "alarm_state", "business_model_id", "manual_currency_id", "pricelist_id"}
)


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

    def write(self, vals):
        result = super().write(vals)
        if _WORTH.intersection(vals):
            self.with_context(active_test=False).contract_line_ids._book_at_the_end()
        return result

    @api.model
    def _cron_book_revenue(self):
        """Book what changed by itself or by nobody's verb: ends of lines and discounts, zones that
        were added or removed, prices that were written."""
        lines = self.env["contract.line"]
        days = self.env["res.company"]._alarm_days()
        # Whose day it is not yet, or not any more, has nothing new: a closer look tells.
        found = list(dict.fromkeys(line for day in days for line in lines._find_unbooked(day)))
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(found))
        for start in range(0, len(found), _BATCH):
            batch = found[start : start + _BATCH]
            lines.browse(batch)._book_revenue()
            self.env.invalidate_all()
            if not cron._commit_progress(len(batch)):
                break
