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
        for company, lines in self.grouped("company_id").items():
            amounts = lines._get_monthly_amounts(company._alarm_today())
            for line in lines:
                line.monthly_amount = amounts.get(line, 0.0)

    def _get_monthly_amounts(self, date):
        """What each line is worth a month on `date`, 0 where it does not run: {line: amount}."""
        counts = self._count(date)
        return {
            line: line._monthly_amount_at(date, counts.get(line, line.quantity)) for line in self
        }

    def _monthly_amount_at(self, date, quantity, price=None):
        self.ensure_one()
        if not self._runs_on(date):
            return 0.0
        price = self.price_unit if price is None else price
        return self._monthly_amount_of(price, quantity, date)

    def _monthly_amount_of(self, price, quantity, date):
        """What it is worth a month at this price, after the discount of `date`."""
        self.ensure_one()
        return pricing.monthly(
            self.period_months or 1,
            quantity,
            price,
            pricing.discount_at(date, self.discount, self.discount_until),
            self.currency_id.rounding or 0.01,
        )

    def _agreed_amount_at(self, date, counted):
        """What is agreed for it a month: also while it waits for its beginning, or is suspended."""
        self.ensure_one()
        over = (
            self.date_end
            and self.date_end < date
            and (self.end_cause != "suspension" or self.successor_contract_line_id)
        )
        if self.charge_kind not in RECURRING or self.display_type or self.is_canceled or over:
            return 0.0
        # Where nothing is there to be counted yet, as many as were agreed.
        return self._monthly_amount_of(
            self.price_unit, counted or self.quantity, max(date, self.date_start or date)
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
    agreed_monthly = fields.Monetary(
        compute="_compute_monthly_revenue",
        string="Agreed a Month",
        store=True,
        help="What its fees that count as recurring come to a month, also those that wait for the "
        "service to begin or are suspended.",
    )

    @api.depends(
        "contract_line_ids.specific_price",
        "contract_line_ids.automatic_price",
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
        "contract_line_ids.end_cause",
        "contract_line_ids.successor_contract_line_id",
    )
    def _compute_monthly_revenue(self):
        ours = self.filtered("business_model_id")
        (self - ours).update({"monthly_revenue": 0.0, "agreed_monthly": 0.0})
        for company, contracts in ours.grouped("company_id").items():
            contracts._reckon_monthly_revenue(company._alarm_today())

    def _reckon_monthly_revenue(self, today):
        counts = self.contract_line_ids.filtered("revenue_class")._count(today)
        for contract in self:
            lines = contract.contract_line_ids.filtered("revenue_class")
            contract.monthly_revenue = sum(
                line._monthly_amount_at(today, counts.get(line, line.quantity)) for line in lines
            )
            contract.agreed_monthly = sum(
                line._agreed_amount_at(today, counts.get(line)) for line in lines
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
            batch.flush_recordset(["monthly_revenue", "agreed_monthly"])
            # What was read for these is not needed for the next ones.
            self.env.invalidate_all()
