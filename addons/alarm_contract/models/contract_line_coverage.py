from odoo import api, fields, models

from .contract_line import RECURRING

# Fees of these classes are paid for something else than the watch over a site.
_NO_WATCH = frozenset({"maintenance", "communication", "inspection", "response"})


class ContractLine(models.Model):
    """Which fees pay for monitoring: by them it is checked that whoever is monitored is billed, and
    the other way round."""

    _inherit = "contract.line"

    covers_monitoring = fields.Boolean(
        compute="_compute_covers_monitoring",
        store=True,
        readonly=False,
        precompute=True,
        help="The fee pays for monitoring, alone or together with other services.",
    )

    @api.depends("charge_kind", "revenue_class", "display_type")
    def _compute_covers_monitoring(self):
        for line in self:
            line.covers_monitoring = (
                not line.display_type
                and line.charge_kind in RECURRING
                and line.revenue_class not in _NO_WATCH
            )
