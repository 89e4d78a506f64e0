from odoo import fields, models


class AlarmSubscriber(models.Model):
    """When the premises open and close."""

    _inherit = "alarm.subscriber"

    schedule_ids = fields.One2many("alarm.schedule", "subscriber_id", string="Schedules")
    holiday_ids = fields.Many2many(
        "alarm.holiday",
        "alarm_holiday_alarm_subscriber_rel",
        "subscriber_id",
        "holiday_id",
        string="Holidays Kept",
        check_company=True,
        copy=False,
        ondelete="restrict",
    )
    schedule_week = fields.Html(
        string="Next Seven Days", compute="_compute_schedule_week", sanitize=False
    )

    def _compute_schedule_week(self):
        for subscriber in self:
            subscriber.schedule_week = subscriber.schedule_ids._week_picture()
