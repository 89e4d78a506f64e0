from odoo import api, fields, models
from odoo.exceptions import UserError

# While the order is in one of these its crew may report.
REPORTABLE = ("scheduled", "in_progress", "testing")


class AlarmWorkOrderPart(models.AbstractModel):
    """What belongs to one work order and is seen with it."""

    _name = "alarm.work.order.part"
    _description = "Part of a Work Order"
    _inherit = ["alarm.company.bound"]

    work_order_id = fields.Many2one(
        "alarm.work.order", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="work_order_id.company_id", store=True, index=True, ondelete="restrict"
    )


class AlarmWorkOrderReport(models.AbstractModel):
    """What the crew reports: nobody changes it once the work was accepted."""

    _name = "alarm.work.order.report"
    _description = "Report of a Work Order"
    _inherit = ["alarm.work.order.part"]

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._check_reportable()
        return records

    def write(self, vals):
        self._check_reportable()
        res = super().write(vals)
        if "work_order_id" in vals:
            self._check_reportable()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_reported(self):
        self._check_reportable(also=("draft", "cancelled"))

    def _check_reportable(self, also=("draft",)):
        for order in self.work_order_id:
            if order.state not in (*also, *REPORTABLE):
                labels = dict(order._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "%(order)s is “%(state)s”: its report is closed.",
                        order=order.name,
                        state=labels[order.state],
                    )
                )
