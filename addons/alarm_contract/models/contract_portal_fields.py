from odoo import api, fields, models

# What a customer reads of the own contracts and their fees: this, and nothing that is added later.
CONTRACT = frozenset(
    {
        # Of the link to the own contract.
        "access_token",
        "access_url",
        "access_warning",
        "active",
        "alarm_state",
        "business_model_id",
        "code",
        "commercial_partner_id",
        "company_id",
        "contract_line_ids",
        "contract_type",
        "currency_id",
        "date_end",
        "date_start",
        "display_name",
        "id",
        "invoice_partner_id",
        "line_recurrence",
        "live_on",
        "modification_ids",
        "name",
        "notice_days",
        "notice_deadline",
        "partner_id",
        "payment_term_id",
        "recurring_interval",
        "recurring_next_date",
        "recurring_rule_type",
        "renewal_kind",
        "renewal_months",
        "renewed_until",
        "signed_on",
        "term_end",
        "term_months",
        "term_start",
        "user_id",
    }
)

LINE = frozenset(
    {
        "active",
        "charge_kind",
        "contract_id",
        "currency_id",
        "date_end",
        "date_start",
        "discount",
        "discount_until",
        "display_name",
        "display_type",
        "id",
        "is_canceled",
        "name",
        "period_months",
        "price_subtotal",
        "price_unit",
        "product_id",
        "quantity",
        "recurring_interval",
        "recurring_next_date",
        "recurring_rule_type",
        "sequence",
        "uom_id",
    }
)


class ContractContract(models.Model):
    _inherit = "contract.contract"

    # Said by a pricelist that the customer need not read.
    currency_id = fields.Many2one(compute_sudo=True)

    @api.model
    def _has_field_access(self, field, operation):
        if self.env.user.share and not self.env.su and field.name not in CONTRACT:
            return False
        return super()._has_field_access(field, operation)


class ContractLine(models.Model):
    _inherit = "contract.line"

    # Reckoned from what the customer need not read.
    price_unit = fields.Float(compute_sudo=True)
    price_subtotal = fields.Monetary(compute_sudo=True)

    @api.model
    def _has_field_access(self, field, operation):
        if self.env.user.share and not self.env.su and field.name not in LINE:
            return False
        return super()._has_field_access(field, operation)
