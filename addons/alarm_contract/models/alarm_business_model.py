from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.periods import MONTHS
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
    TERMS,
)
from ..tools.terms_in_words import terms_in_words
from .contract_contract_outlook import as_html


class AlarmBusinessModel(models.Model):
    """Who funds and owns the equipment in the term and after it, who runs it, who is billed by
    whom, and how it ends: the terms with which a contract of this kind begins. A new kind of
    contract is a new record."""

    _name = "alarm.business.model"
    _description = "Business Model"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, copy=False)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, ondelete="restrict", help="Empty: of all companies."
    )
    description = fields.Html(string="In Words", translate=True)
    terms_in_words = fields.Html(compute="_compute_terms_in_words", string="What the Terms Say")
    accounting_note = fields.Html(
        translate=True,
        help="How such contracts are usually accounted for, with the source. No advice: what "
        "is right for a company, its accountants decide.",
    )

    funder = fields.Selection(PARTIES, required=True, default="customer", string="Funded By")
    owner_in_term = fields.Selection(
        PARTIES, required=True, default="customer", string="Owner in the Term"
    )
    owner_after = fields.Selection(
        PARTIES, required=True, default="customer", string="Owner After the Term"
    )
    joint_share = fields.Float(
        string="Our Part of the Equipment (%)",
        help="Of equipment that belongs to a joint venture, as agreed with the other side. It is "
        "what the terms say, no more: in the books the equipment is carried wholly by whoever the "
        "business model says.",
    )
    operator = fields.Selection(
        OPERATORS, required=True, default="operator", string="Operated and Maintained By"
    )
    payer = fields.Selection(PAYERS, required=True, default="customer", string="Paid By")
    biller = fields.Selection(BILLERS, required=True, default="operator", string="Billed By")
    has_subsidy = fields.Boolean(string="Subsidy")
    deposit_months = fields.Float(
        string="Deposit (Months)", help="So many monthly fees are paid as a deposit."
    )
    share_base = fields.Selection(SHARE_BASES, required=True, default="none", string="Share of")
    share_direction = fields.Selection(
        SHARE_DIRECTIONS, required=True, default="we_pay", string="Who Pays the Share"
    )
    settlement_months = fields.Integer(
        default=1, string="Settled Every (Months)", help="Length of a period of settlement."
    )
    tier_ids = fields.One2many(
        "alarm.business.model.tier", "business_model_id", string="Tiers of the Share", copy=True
    )

    term_months = fields.Integer(string="Term (Months)", help="0: without a term.")
    renewal_kind = fields.Selection(
        RENEWALS, required=True, default="none", string="After the Term"
    )
    renewal_months = fields.Integer(string="Renewed for (Months)", default=12)
    notice_days = fields.Integer(
        string="Notice (Days)", default=30, help="Notice is given so many days before the end."
    )
    exit_method = fields.Selection(
        EXIT_METHODS, required=True, default="none", string="Fee for an Early Exit"
    )
    exit_rate = fields.Float(string="Exit Rate (%)")
    exit_step_ids = fields.One2many(
        "alarm.business.model.exit.step",
        "business_model_id",
        string="Declining Schedule",
        copy=True,
    )
    end_action = fields.Selection(
        END_ACTIONS, required=True, default="none", string="Equipment at the End"
    )
    residual_rate = fields.Float(
        string="Residual Value (%)", help="Of the cost, when the customer buys it at the end."
    )
    escalation_kind = fields.Selection(
        ESCALATIONS, required=True, default="none", string="Price Escalation"
    )
    escalation_value = fields.Float(help="Percent, or an amount, a year.")
    escalation_cap = fields.Float(string="Escalation Cap (%)")
    escalation_min_months = fields.Integer(
        string="Not Before (Months)", help="Customers younger than so many months are skipped."
    )

    asset_treatment = fields.Selection(
        ASSET_TREATMENTS, required=True, default="none", string="Equipment Is Carried As"
    )
    defers_income = fields.Boolean(
        string="Income Is Deferred",
        help="What is billed for a period ahead becomes income month by month.",
    )
    period_months = fields.Integer(
        default=1, required=True, string="Billed Every (Months)", help="1, 2, 3, 6, 12 or 24."
    )
    in_advance = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "Another business model has this code."
    )
    _not_negative = models.Constraint(
        "CHECK(term_months >= 0 AND renewal_months >= 0 AND notice_days >= 0 "
        "AND deposit_months >= 0 AND settlement_months > 0 AND exit_rate >= 0)",
        "Terms are not negative, and a settlement has a period.",
    )

    _joint_share_part = models.Constraint(
        "CHECK(joint_share >= 0 AND joint_share <= 100)",
        "Our part of the equipment is between 0 and 100 %.",
    )

    @api.constrains("period_months")
    def _check_period_months(self):
        for model in self:
            if model.period_months not in MONTHS:
                raise ValidationError(
                    self.env._(
                        "Fees are billed every 1, 2, 3, 6, 12 or 24 months, not every %s.",
                        model.period_months,
                    )
                )

    @api.depends(*TERMS, "tier_ids", "exit_step_ids")
    def _compute_terms_in_words(self):
        for model in self:
            model.terms_in_words = as_html(
                terms_in_words(model, model.company_id or model.env.company)
            )

    def _prepare_terms(self):
        """Values that a contract of this kind begins with."""
        self.ensure_one()
        return {name: self[name] for name in TERMS}
