from datetime import timedelta

from odoo import api, fields, models

from ..tools import periods
from .contract_line import RECURRING

_DAY = timedelta(days=1)

# Where these are the same, two lines owe for the same periods by the same rule.
_SAME_PERIODS = ("anchor_date", "period_months", "charge_kind", "part_period")


class ContractLine(models.Model):
    """When a line of a contract of the centre is charged: by the rules of `tools/periods.py`, which
    count from an anchor, instead of month to month."""

    _inherit = "contract.line"

    anchor_date = fields.Date(
        compute="_compute_anchor_date",
        store=True,
        readonly=False,
        string="Periods Counted From",
        help="A successor keeps that of its predecessor, so that periods stay as they were.",
    )

    @api.depends("date_start", "contract_id.invoice_day", "predecessor_contract_line_id")
    def _compute_anchor_date(self):
        for line in self:
            predecessor = line.predecessor_contract_line_id
            if predecessor.anchor_date and predecessor.period_months == line.period_months:
                line.anchor_date = predecessor.anchor_date
            else:
                line.anchor_date = line.date_start and periods.anchor_of(
                    line.date_start, line.contract_id.invoice_day
                )

    @api.depends("waiting", "charge_kind", "contract_id.business_model_id")
    def _compute_next_period_date_start(self):
        ours = self.filtered(lambda line: line._is_alarm())
        for line in ours:
            line.next_period_date_start = line._get_next_start()
        return super(ContractLine, self - ours)._compute_next_period_date_start()

    @api.depends("anchor_date", "charge_kind", "contract_id.business_model_id")
    def _compute_next_period_date_end(self):
        ours = self.filtered(lambda line: line._is_alarm())
        for line in ours:
            period = line._get_next_period()
            line.next_period_date_end = period and period.end
        return super(ContractLine, self - ours)._compute_next_period_date_end()

    @api.depends(
        "anchor_date", "waiting", "is_canceled", "charge_kind", "contract_id.business_model_id"
    )
    def _compute_recurring_next_date(self):
        ours = self.filtered(lambda line: line._is_alarm())
        for line in ours:
            period = None if line.is_canceled else line._get_next_period()
            line.recurring_next_date = period and periods.invoice_date(
                period, line._is_in_advance()
            )
        return super(ContractLine, self - ours)._compute_recurring_next_date()

    # The conditions of plain contracts do not hold here: a line may wait for its beginning, and
    # one may end before what was charged in advance is over.

    @api.constrains("recurring_next_date")
    def _check_recurring_next_date_recurring_invoices(self):
        plain = self.filtered(lambda line: not line.contract_id.business_model_id)
        return super(ContractLine, plain)._check_recurring_next_date_recurring_invoices()

    @api.constrains("date_start", "date_end", "last_date_invoiced", "recurring_next_date")
    def _check_last_date_invoiced(self):
        plain = self.filtered(lambda line: not line.contract_id.business_model_id)
        return super(ContractLine, plain)._check_last_date_invoiced()

    def _is_in_advance(self):
        self.ensure_one()
        # What is charged once is charged when it begins.
        return self.recurring_invoicing_type == "pre-paid" or self.charge_kind not in RECURRING

    def _get_next_start(self):
        """First day that is not charged yet; False when nothing more is owed."""
        self.ensure_one()
        if self.waiting or not self.date_start or self.charge_kind == "per_attendance":
            return False
        if self.charge_kind not in RECURRING:
            return not self.last_date_invoiced and self.date_start
        start = self.date_start
        if self.last_date_invoiced:
            start = max(start, self.last_date_invoiced + _DAY)
        return False if self.date_end and start > self.date_end else start

    def _get_next_period(self):
        """The next period to charge, False when nothing more is owed."""
        self.ensure_one()
        start = self._get_next_start()
        if not start:
            return False
        if self.charge_kind not in RECURRING:
            return periods.Period(start, start, start, start)
        return (
            periods.period_at(
                self.anchor_date or start, self.period_months or 1, start, self.date_end or None
            )
            or False
        )

    def _get_due_periods(self, date):
        """All periods that are to be invoiced up to `date`, those in arrear included."""
        self.ensure_one()
        period = self._get_next_period()
        if not period:
            return []
        if self.charge_kind not in RECURRING:
            return [period] if period.start <= date else []
        return list(
            periods.due_periods(
                self.anchor_date or period.start,
                self.period_months or 1,
                period.start,
                self._is_in_advance(),
                date,
                self.date_end or None,
            )
        )

    def _get_unbroken_since(self, period):
        """Since when, within the whole period, the service of this line has run without a break, be
        it on the lines that this one goes on from."""
        self.ensure_one()
        line, first = self, period.whole_start
        while line.date_start and line.date_start > first and line._goes_on_from_predecessor():
            line = line.predecessor_contract_line_id
        return max(line.date_start or first, first)

    def _goes_on_from_predecessor(self):
        """The service of the predecessor goes on in this line: from the day after, by the same
        periods and the same rule for parts of them."""
        self.ensure_one()
        before = self.predecessor_contract_line_id
        return bool(
            before
            and not before.is_canceled
            and not before.waiting
            and before.date_start
            and before.date_end
            and before.date_end + _DAY == self.date_start
            and all(before[name] == self[name] for name in _SAME_PERIODS)
        )

    def _prepare_value_for_stop(self, date_end, manual_renew_needed):
        values = super()._prepare_value_for_stop(date_end, manual_renew_needed)
        if self._is_alarm():
            # Reckoned anew from the new end.
            del values["recurring_next_date"]
        return values

    def _prepare_value_for_plan_successor(
        self, date_start, date_end, is_auto_renew, recurring_next_date=False
    ):
        values = super()._prepare_value_for_plan_successor(
            date_start, date_end, is_auto_renew, recurring_next_date
        )
        if self._is_alarm() and not recurring_next_date:
            del values["recurring_next_date"]
        return values

    @api.model
    def _contract_line_to_renew_domain(self):
        # Contracts of the centre are renewed as a whole, by their own rule.
        return [
            ("contract_id.business_model_id", "=", False),
            *super()._contract_line_to_renew_domain(),
        ]
