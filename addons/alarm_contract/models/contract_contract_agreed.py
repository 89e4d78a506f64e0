from odoo import api, models

# What is agreed with the customer, and by which verb it changes.
AGREED = {
    **dict.fromkeys(("partner_id",), "take_over"),
    **dict.fromkeys(
        (
            "invoice_partner_id",
            "term_start",
            "term_months",
            "term_end",
            "renewal_kind",
            "renewal_months",
            "notice_days",
        ),
        "re_sign",
    ),
    **dict.fromkeys(
        (
            "business_model_id",
            "company_id",
            "counterparty_id",
            "manual_currency_id",
            "pricelist_id",
            "contract_type",
            "line_recurrence",
            "funder",
            "owner_in_term",
            "owner_after",
            "joint_share",
            "operator",
            "payer",
            "biller",
            "has_subsidy",
            "subsidy_amount",
            "subsidy_months",
            "deposit_months",
            "deposit_amount",
            "share_base",
            "share_direction",
            "settlement_months",
            "tier_ids",
            "exit_method",
            "exit_rate",
            "exit_step_ids",
            "monthly_cost",
            "end_action",
            "residual_rate",
            "escalation_kind",
            "escalation_value",
            "escalation_cap",
            "escalation_min_months",
            "period_months",
            "in_advance",
            "invoice_day",
        ),
        "contract",
    ),
    **dict.fromkeys(
        ("active", "is_terminated", "terminate_date", "terminate_reason_id", "terminate_comment"),
        "cancel",
    ),
    **dict.fromkeys(
        (
            "predecessor_contract_id",
            "successor_contract_id",
            # What the fees say: a billing run goes by it.
            "recurring_next_date",
            "date_start",
            "date_end",
        ),
        "machine",
    ),
    "subscriber_ids": "move",
}


class ContractContract(models.Model):
    """The terms of a signed contract."""

    _name = "contract.contract"
    _inherit = ["contract.contract", "alarm.agreed"]

    @api.depends("alarm_state", "business_model_id")
    def _compute_terms_open(self):
        for contract in self:
            contract.terms_open = (
                not contract.business_model_id or contract._origin.alarm_state in (False, "draft")
            )

    @api.model
    def _get_agreed_fields(self):
        return AGREED

    @api.model
    def _get_closed_fields(self):
        # A site may be added, and a contract that has ended archived.
        return super()._get_closed_fields() - {"subscriber_ids", "active"}

    def write(self, vals):
        self._check_agreed(vals)
        return super().write(vals)

    def _get_agreed_name(self):
        self.ensure_one()
        return " ".join(filter(None, (self.code, self.display_name)))

    def _differs(self, name, value):
        if name == "subscriber_ids":
            # Another site may be added; one that is served does not vanish.
            kept = self._fields[name].convert_to_cache(value, self)
            return bool(set(self.subscriber_ids.ids).difference(kept))
        if name == "active" and self.alarm_state == "ended":
            return False
        return super()._differs(name, value)


class AlarmBusinessModelPart(models.AbstractModel):
    """Tiers and steps of a signed contract."""

    _inherit = "alarm.business.model.part"

    def _check_model(self):
        result = super()._check_model()
        if not self.env.su:
            for part in self:
                contract = part.contract_id
                if contract and not contract.terms_open and not contract._is_by_verb():
                    contract._refuse(part._contract_field, "contract")
        return result


class AlarmBusinessModelTier(models.Model):
    _inherit = "alarm.business.model.tier"

    _contract_field = "tier_ids"


class AlarmBusinessModelExitStep(models.Model):
    _inherit = "alarm.business.model.exit.step"

    _contract_field = "exit_step_ids"
