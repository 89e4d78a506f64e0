from odoo import fields, models

from ..tools.depreciation import OVER, TREATMENTS


class AccountAssetProfile(models.Model):
    """Leased equipment is kept in one of three ways: as the operator's own asset; as the right to
    charge the users of a concession (IFRIC 12, intangible asset model); as a cost of a contract
    that the customer gets the equipment for (IFRS 15, 95-104)."""

    _inherit = "account.asset.profile"

    alarm_treatment = fields.Selection(TREATMENTS, string="Equipment in the Field As", copy=False)
    alarm_over = fields.Selection(
        OVER,
        string="Depreciated Over",
        default="automatic",
        required=True,
    )

    _alarm_treatment_uniq = models.UniqueIndex(
        "(company_id, alarm_treatment) WHERE alarm_treatment IS NOT NULL AND active",
        "The company has a profile for this equipment already.",
    )
