from dateutil.relativedelta import relativedelta

from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError

from ..tools.periods import MONTHS, add_months
from ..tools.terms import (
    ASSET_TREATMENTS,
    BILLERS,
    END_ACTIONS,
    ESCALATIONS,
    EXIT_METHODS,
    OPERATORS,
    PARTIES,
    PAYERS,
    RENEWALS,
    SHARE_BASES,
    SHARE_DIRECTIONS,
)


class ContractContract(models.Model):
    """The terms of a contract: taken over from its business model, then its own."""

    _inherit = "contract.contract"

    funder = fields.Selection(PARTIES, string="Funded By")
    owner_in_term = fields.Selection(PARTIES, string="Owner in the Term")
    owner_after = fields.Selection(PARTIES, string="Owner After the Term")
    joint_share = fields.Float(
        string="Our Part of the Equipment (%)",
        help="Of equipment that belongs to a joint venture, as agreed with the other side. It is "
        "what the terms say, no more: in the books the equipment is carried wholly by whoever the "
        "business model says.",
    )
    operator = fields.Selection(OPERATORS, string="Operated and Maintained By")
    payer = fields.Selection(PAYERS, string="Paid By")
    biller = fields.Selection(BILLERS, string="Billed By")
    has_subsidy = fields.Boolean(string="Subsidy")
    deposit_months = fields.Float(string="Deposit (Months)")
    share_base = fields.Selection(SHARE_BASES, string="Share of")
    share_direction = fields.Selection(SHARE_DIRECTIONS, string="Who Pays the Share")
    settlement_months = fields.Integer(string="Settled Every (Months)")
    term_months = fields.Integer(string="Term (Months)")
    renewal_kind = fields.Selection(RENEWALS, string="After the Term")
    renewal_months = fields.Integer(string="Renewed for (Months)")
    notice_days = fields.Integer(string="Notice (Days)")
    exit_method = fields.Selection(EXIT_METHODS, string="Fee for an Early Exit")
    exit_rate = fields.Float(string="Exit Rate (%)")
    end_action = fields.Selection(END_ACTIONS, string="Equipment at the End")
    residual_rate = fields.Float(string="Residual Value (%)")
    escalation_kind = fields.Selection(ESCALATIONS, string="Price Escalation")
    escalation_value = fields.Float()
    escalation_cap = fields.Float(string="Escalation Cap (%)")
    escalation_min_months = fields.Integer(string="Not Before (Months)")
    asset_treatment = fields.Selection(ASSET_TREATMENTS, string="Equipment Is Carried As")
    defers_income = fields.Boolean(string="Income Is Deferred")
    period_months = fields.Integer(string="Billed Every (Months)")
    in_advance = fields.Boolean()
    tier_ids = fields.One2many(
        "alarm.business.model.tier", "contract_id", string="Tiers of the Share", copy=True
    )
    exit_step_ids = fields.One2many(
        "alarm.business.model.exit.step", "contract_id", string="Declining Schedule", copy=True
    )

    deposit_amount = fields.Monetary(
        compute="_compute_deposit_amount",
        store=True,
        readonly=False,
        help="So many months of the fees as the terms say, unless another amount is agreed. "
        "Signing makes a line of it.",
    )
    subsidy_amount = fields.Monetary(
        groups="base.group_user", help="What the carrier pays for the equipment."
    )
    subsidy_months = fields.Integer(help="Over so many months the customer works it off.")

    signed_on = fields.Date(readonly=True, copy=False, tracking=True)
    live_on = fields.Date(string="In Service Since", readonly=True, copy=False, tracking=True)
    term_start = fields.Date(
        copy=False, help="Empty until the service starts, unless another day is agreed."
    )
    term_end = fields.Date(
        compute="_compute_term_end", store=True, readonly=False, copy=False, tracking=True
    )
    renewed_until = fields.Date(readonly=True, copy=False, tracking=True)
    notice_deadline = fields.Date(
        compute="_compute_notice_deadline",
        store=True,
        help="The last day on which notice can be given for the end of the present term.",
    )

    @api.constrains("period_months")
    def _check_period_months(self):
        for contract in self:
            if contract.business_model_id and contract.period_months not in MONTHS:
                raise ValidationError(
                    self.env._(
                        "Fees are billed every 1, 2, 3, 6, 12 or 24 months, not every %s.",
                        contract.period_months,
                    )
                )

    _joint_share_part = models.Constraint(
        "CHECK(joint_share >= 0 AND joint_share <= 100)",
        "Our part of the equipment is between 0 and 100 %.",
    )

    @api.depends("deposit_months", "contract_line_ids.monthly_recurring")
    def _compute_deposit_amount(self):
        for contract in self:
            fees = contract.contract_line_ids.filtered(
                lambda line: line.charge_kind == "fixed" and not line.is_canceled
            )
            amount = sum(fees.mapped("monthly_recurring")) * contract.deposit_months
            currency = contract.currency_id or contract.company_id.currency_id
            contract.deposit_amount = currency.round(amount) if currency else amount

    @api.depends("term_start", "term_months")
    def _compute_term_end(self):
        for contract in self:
            if contract.term_start and contract.term_months:
                contract.term_end = add_months(
                    contract.term_start, contract.term_months
                ) - relativedelta(days=1)
            else:
                contract.term_end = False

    @api.depends("term_end", "renewed_until", "notice_days")
    def _compute_notice_deadline(self):
        for contract in self:
            end = contract._get_term_end()
            contract.notice_deadline = end and end - relativedelta(days=contract.notice_days)

    @api.onchange("business_model_id")
    def _onchange_business_model_id(self):
        if self.business_model_id:
            self.update(self.business_model_id._prepare_terms())

    @api.model_create_multi
    def create(self, vals_list):
        models = self.env["alarm.business.model"]
        contracts = super().create(
            [
                {**models.browse(vals["business_model_id"])._prepare_terms(), **vals}
                if vals.get("business_model_id")
                else vals
                for vals in vals_list
            ]
        )
        contracts._take_over_schedules()
        return contracts

    def write(self, vals):
        model_id = vals.get("business_model_id")
        if not model_id:
            return super().write(vals)
        # Another model brings its terms; those that are said beside it hold.
        model = self.env["alarm.business.model"].browse(model_id)
        changed = self.filtered(lambda contract: contract.business_model_id != model)
        if "tier_ids" not in vals:
            changed.tier_ids.unlink()
        if "exit_step_ids" not in vals:
            changed.exit_step_ids.unlink()
        super(ContractContract, self - changed).write(vals)
        super(ContractContract, changed).write({**model._prepare_terms(), **vals})
        changed._take_over_schedules()
        return True

    def _take_over_schedules(self):
        """The tiers of the share and the steps of the exit fee, where the contract has none."""
        for contract in self:
            model = contract.business_model_id
            if model.tier_ids and not contract.tier_ids:
                contract.tier_ids = [
                    Command.create({"from_amount": tier.from_amount, "rate": tier.rate})
                    for tier in model.tier_ids
                ]
            if model.exit_step_ids and not contract.exit_step_ids:
                contract.exit_step_ids = [
                    Command.create({"from_month": step.from_month, "rate": step.rate})
                    for step in model.exit_step_ids
                ]

    def _get_term_end(self):
        """Last day of the present term, renewals included; False without one."""
        self.ensure_one()
        ends = [day for day in (self.term_end, self.renewed_until) if day]
        return max(ends) if ends else False
