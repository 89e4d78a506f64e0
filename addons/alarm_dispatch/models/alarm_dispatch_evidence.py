from odoo import api, fields, models


class AlarmDispatchEvidence(models.AbstractModel):
    """What hangs on the report of an order: it is added, changed and removed while the responder is
    on site, and stays as it is afterwards."""

    _name = "alarm.dispatch.evidence"
    _inherit = "alarm.company.bound"
    _description = "Evidence of a Dispatch Order"

    dispatch_id = fields.Many2one("alarm.dispatch", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(
        "res.company",
        related="dispatch_id.company_id",
        store=True,
        index=True,
        ondelete="restrict",
    )

    @api.model_create_multi
    def create(self, vals_list):
        made = super().create(vals_list)
        made.dispatch_id._check_reportable()
        return made

    def write(self, vals):
        self.dispatch_id._check_reportable()
        result = super().write(vals)
        # It may have been moved to another order.
        self.dispatch_id._check_reportable()
        return result

    # Not `ondelete`: that would let an uninstallation take it row by row.
    def unlink(self):
        self.dispatch_id._check_reportable()
        return super().unlink()
