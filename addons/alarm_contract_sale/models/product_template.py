from odoo import api, fields, models


class ProductTemplate(models.Model):
    """How a fee that is sold is charged by the contract."""

    _inherit = "product.template"

    alarm_charge_kind = fields.Selection(
        [
            ("fixed", "Fixed"),
            ("per_zone", "Per Zone"),
            ("per_detector", "Per Detector"),
            ("per_attendance", "Per Attendance"),
        ],
        string="Charged",
        compute="_compute_alarm_charge_kind",
        store=True,
        readonly=False,
        help="Per zone or detector: the quotation says how many are planned, the contract charges "
        "how many there are on the day of the charge.",
    )
    alarm_free_quota = fields.Integer(
        string="Free Attendances", help="So many a year are free in a contract with this fee."
    )

    @api.depends("alarm_recurrence")
    def _compute_alarm_charge_kind(self):
        for product in self:
            if product.alarm_recurrence == "attendance":
                product.alarm_charge_kind = "per_attendance"
            elif not product.alarm_recurrence:
                product.alarm_charge_kind = False
            elif product.alarm_charge_kind in (False, "per_attendance"):
                product.alarm_charge_kind = "fixed"
