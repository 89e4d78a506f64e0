from odoo import api, fields, models
from odoo.tools import split_every

from ..tools import pricing
from .contract_line import RECURRING


class ContractLine(models.Model):
    """What a line is worth a month."""

    _inherit = "contract.line"

    monthly_amount = fields.Monetary(
        compute="_compute_monthly_amount",
        string="A Month",
        help="What it is worth a month today: price of a period by its months, after discount.",
    )

    def _compute_monthly_amount(self):
        amounts = self._get_monthly_amounts(self.company_id._alarm_today())
        for line in self:
            line.monthly_amount = amounts.get(line, 0.0)

    def _get_monthly_amounts(self, date):
        """What each line is worth a month on `date`, 0 where it does not run: {line: amount}."""
        counts = self._count(date)
        return {
            line: line._monthly_amount_at(date, counts.get(line, line.quantity)) for line in self
        }

    def _monthly_amount_at(self, date, quantity):
        self.ensure_one()
        if not self._runs_on(date):
            return 0.0
        return pricing.monthly(
            self.period_months or 1,
            quantity,
            self.price_unit,
            pricing.discount_at(date, self.discount, self.discount_until),
            self.currency_id.rounding or 0.01,
        )

    def _runs_on(self, date):
        """It brings recurring revenue on `date`."""
        self.ensure_one()
        return bool(
            self.charge_kind in RECURRING
            and not self.display_type
            and not self.is_canceled
            and not self.waiting
            and self.date_start
            and self.date_start <= date
            and (not self.date_end or date <= self.date_end)
        )


class ContractContract(models.Model):
    _inherit = "contract.contract"

    monthly_revenue = fields.Monetary(
        compute="_compute_monthly_revenue",
        store=True,
        help="What its running fees that count as recurring are worth a month today.",
    )

    @api.depends(
        "contract_line_ids.specific_price",
        "contract_line_ids.quantity",
        "contract_line_ids.discount",
        "contract_line_ids.discount_until",
        "contract_line_ids.period_months",
        "contract_line_ids.charge_kind",
        "contract_line_ids.revenue_class",
        "contract_line_ids.waiting",
        "contract_line_ids.is_canceled",
        "contract_line_ids.date_start",
        "contract_line_ids.date_end",
    )
    def _compute_monthly_revenue(self):
        ours = self.filtered("business_model_id")
        (self - ours).monthly_revenue = 0.0
        lines = ours.contract_line_ids.filtered("revenue_class")
        amounts = lines._get_monthly_amounts(self.company_id._alarm_today())
        for contract in ours:
            contract.monthly_revenue = sum(
                amounts.get(line, 0.0) for line in contract.contract_line_ids
            )

    @api.model
    def _refresh_monthly_revenue(self):
        """Job of each day: what began, ended or was counted anew since yesterday."""
        contracts = self.search(
            [("business_model_id", "!=", False), ("alarm_state", "!=", "draft")]
        )
        for ids in split_every(1000, contracts.ids):
            batch = self.browse(ids)
            self.env.add_to_compute(self._fields["monthly_revenue"], batch)
            batch.flush_recordset(["monthly_revenue"])
            # What was read for these is not needed for the next ones.
            self.env.invalidate_all()
