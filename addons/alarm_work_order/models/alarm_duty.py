from odoo import api, models


class AlarmDuty(models.Model):
    _inherit = "alarm.duty"

    @api.model
    def _due_jobs(self):
        return [
            *super()._due_jobs(),
            self.env["alarm.work.order"]._walk_left,
            self.env["alarm.work.order"]._walk_late_restores,
            self.env["alarm.work.order"]._end_monitoring_due,
        ]


class AlarmDutyJob(models.Model):
    _inherit = "alarm.duty.job"

    @api.model
    def _labels(self):
        return super()._labels() | {
            "alarm.work.order._walk_left": self.env._("Signals that walk tests have left"),
            "alarm.work.order._walk_late_restores": self.env._("Walk tests without a restore"),
            "alarm.work.order._end_monitoring_due": self.env._("Monitoring that ends"),
        }
