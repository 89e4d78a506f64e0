from odoo import models


class AlarmSurvey(models.Model):
    """How many zones or detectors a fee is quoted for: as many as are planned."""

    _inherit = "alarm.survey"

    def _sum_fees(self):
        return {
            fee: self._planned_number(fee) if fee in self.fee_ids else quantity
            for fee, quantity in super()._sum_fees().items()
        }

    def _planned_number(self, fee):
        if fee.alarm_charge_kind == "per_zone":
            return len(self.zone_ids)
        if fee.alarm_charge_kind == "per_detector":
            detectors = self.line_ids.filtered(
                lambda line: line.product_id.alarm_device_kind == "detector"
            )
            return sum(detectors.mapped("quantity"))
        return 1
