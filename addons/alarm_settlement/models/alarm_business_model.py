from odoo import fields, models

from ..tools.shares import TIER_RULES

# What a contract takes over from its business model, of this module.
SHARE_TERMS = (
    "share_rule",
    "share_minimum",
    "share_carries_loss",
    "subsidy_returned",
    "acceptance_months",
)


class AlarmBusinessModel(models.Model):
    _inherit = "alarm.business.model"

    share_rule = fields.Selection(TIER_RULES, required=True, default="slice", string="Tiers Mean")
    share_minimum = fields.Float(
        string="Minimum Share", help="Of a whole period of settlement, in the company's currency."
    )
    share_carries_loss = fields.Boolean(
        string="Losses Are Carried",
        help="The loss of a period is worked off by the profits of the next ones before anything "
        "is shared.",
    )
    subsidy_returned = fields.Boolean(
        string="Subsidy Is Taken Back",
        help="When a customer leaves early, the carrier takes back from us what of the subsidy is "
        "not worked off.",
    )
    acceptance_months = fields.Integer(
        string="Accepted Every (Months)",
        help="Every so many months the customer accepts the service and its equipment. 0: never.",
    )

    def _prepare_terms(self):
        return super()._prepare_terms() | {name: self[name] for name in SHARE_TERMS}
