from odoo import fields, models

from odoo.addons.alarm_work_order.tools.work_states import OPEN_STATES


class AlarmWorkOrder(models.Model):
    """Who works at a site sees that its customer is leaving."""

    _inherit = "alarm.work.order"

    contract_notice = fields.Char(related="subscriber_id.contract_notice")

    def _work_data(self):
        notice = self.contract_notice if self.state in OPEN_STATES else ""
        return {**super()._work_data(), "contract_notice": notice or ""}
