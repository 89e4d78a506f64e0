from datetime import timedelta

from odoo import api, fields, models

from ..tools.periods import add_months

_DAY = timedelta(days=1)


class ContractLine(models.Model):
    """What is charged once and earned over months: a subsidy for the time in which it is worked
    off, a start fee that gives nothing by itself."""

    _inherit = "contract.line"

    earned_over = fields.Selection(
        [("at_once", "At Once"), ("term", "The Term"), ("months", "Months")],
        compute="_compute_earned_over",
        store=True,
        readonly=False,
        precompute=True,
        help="Of what is charged once: when it becomes income. A fee at the beginning that by "
        "itself brings the customer nothing is paid ahead for the service that follows, and is "
        "earned while that is given: longer than the term where whoever stays on does not pay it "
        "again (IFRS 15.B48-B51). A subsidy is proposed over the months that work it off.",
    )
    earned_months = fields.Integer(
        string="Earned Over (Months)",
        compute="_compute_earned_over",
        store=True,
        readonly=False,
        precompute=True,
    )

    _earned_months_positive = models.Constraint(
        "CHECK(earned_over != 'months' OR earned_months > 0)",
        "Say over how many months it is earned.",
    )

    @api.depends(
        "charge_kind",
        "quantity",
        "specific_price",
        "contract_id.subsidy_amount",
        "contract_id.subsidy_months",
    )
    def _compute_earned_over(self):
        for line in self:
            contract = line.contract_id
            if line.charge_kind != "one_off":
                line.earned_over, line.earned_months = "at_once", 0
            elif contract.subsidy_months > 0 and line._is_subsidy():
                line.earned_over, line.earned_months = "months", contract.subsidy_months
            else:
                line.earned_over = line.earned_over or "at_once"
                line.earned_months = line.earned_months or 0

    @api.onchange("price_unit")
    def _onchange_price_for_earned(self):
        # In a form the price is kept only when it is saved.
        self._compute_earned_over()

    def _is_subsidy(self):
        """By which the carrier pays the subsidy: once, of its amount."""
        self.ensure_one()
        contract = self.contract_id
        return bool(
            self.charge_kind == "one_off"
            and contract.subsidy_amount
            and not contract.currency_id.compare_amounts(
                self.price_subtotal, contract.subsidy_amount
            )
        )

    def _prepare_charge(self, period, *args, **kwargs):
        values = super()._prepare_charge(period, *args, **kwargs)
        end = self._get_earned_to(period.start)
        return {**values, "earned_from": period.start, "earned_to": end} if end else values

    def _get_earned_to(self, start):
        """The last day of the time in which it is earned that is charged on `start`; False: it is
        earned at once."""
        self.ensure_one()
        contract = self.contract_id
        if self.charge_kind != "one_off" or self.earned_over not in ("term", "months"):
            return False
        if self.earned_over == "months":
            return add_months(start, self.earned_months) - _DAY
        end = contract._get_term_end()
        if not end and contract.term_months:
            # Charged before the service begins.
            end = add_months(start, contract.term_months) - _DAY
        return end and end > start and end
