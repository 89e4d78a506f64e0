from odoo import api, models


class AlarmDuty(models.Model):
    _inherit = "alarm.duty"

    @api.model
    def _due_jobs(self):
        return [*super()._due_jobs(), self.env["alarm.dispatch"]._mark_overdue]


class AlarmDutyJob(models.Model):
    _inherit = "alarm.duty.job"

    @api.model
    def _labels(self):
        return super()._labels() | {
            "alarm.dispatch._mark_overdue": self.env._("Dispatch orders that take too long"),
        }
