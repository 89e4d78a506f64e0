from odoo import api, models
from odoo.exceptions import UserError

# What is agreed of a fee, and by which verb it changes.
AGREED = {
    **dict.fromkeys(
        ("specific_price", "price_unit", "discount", "discount_until", "automatic_price"), "price"
    ),
    **dict.fromkeys(
        (
            "product_id",
            "charge_kind",
            "quantity",
            "uom_id",
            "period_months",
            "recurring_rule_type",
            "recurring_interval",
            "recurring_invoicing_type",
            "recurring_invoicing_offset",
            "part_period",
            "begins",
            "free_quota",
            "quota_months",
            "attendance_for",
            "earned_over",
            "earned_months",
            "display_type",
            "date_start",
            "contract_id",
        ),
        "fee",
    ),
    "subscriber_id": "move",
    **dict.fromkeys(("date_end", "is_canceled", "end_cause", "end_reason_id"), "drop"),
    # What has become of the fee.
    **dict.fromkeys(
        (
            "waiting",
            "anchor_date",
            "last_date_invoiced",
            "recurring_next_date",
            "start_cause",
            "suspended_end",
            "base_price",
            "base_date",
            "price_since",
            "is_auto_renew",
            "manual_renew_needed",
            "successor_contract_line_id",
            "predecessor_contract_line_id",
        ),
        "machine",
    ),
}


class ContractLine(models.Model):
    """The fees of a signed contract. One may be added; what is there changes by verbs."""

    _name = "contract.line"
    _inherit = ["contract.line", "alarm.agreed"]

    @api.depends("contract_id.terms_open")
    def _compute_terms_open(self):
        for line in self:
            line.terms_open = not line._origin or line._origin.contract_id.terms_open

    @api.model
    def _get_agreed_fields(self):
        return AGREED

    @api.model_create_multi
    def create(self, vals_list):
        # What fills in a line that is being made does not change an agreed one.
        return super(ContractLine, self._by_verb()).create(vals_list).with_env(self.env)

    def write(self, vals):
        self._check_agreed(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_agreed(self):
        for line in self:
            if not (self.env.su or self._is_by_verb() or line.terms_open):
                raise UserError(
                    self.env._(
                        "%(what)s is signed: it ends, but is not deleted. What ends it: %(verb)s.",
                        what=line._get_agreed_name(),
                        verb=self._get_verb_labels()["drop"],
                    )
                )

    def _get_agreed_name(self):
        self.ensure_one()
        return f"{self.contract_id._get_agreed_name()} – {self.name}"
