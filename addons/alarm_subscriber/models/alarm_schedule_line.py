from odoo import api, fields, models

from .alarm_schedule import DAYS


class AlarmScheduleLine(models.Model):
    _name = "alarm.schedule.line"
    _inherit = ["alarm.subscriber.part", "alarm.schedule.window"]
    _description = "Window of a Schedule"
    _order = "schedule_id, sequence, hour_from, id"

    schedule_id = fields.Many2one("alarm.schedule", required=True, index=True, ondelete="restrict")
    subscriber_id = fields.Many2one(
        "alarm.subscriber",
        related="schedule_id.subscriber_id",
        store=True,
        index=True,
        ondelete="restrict",
    )
    sequence = fields.Integer(default=10)
    days = fields.Selection(
        [
            ("daily", "Every Day"),
            ("workdays", "Monday to Friday"),
            ("weekend", "Saturday and Sunday"),
            ("0", "Monday"),
            ("1", "Tuesday"),
            ("2", "Wednesday"),
            ("3", "Thursday"),
            ("4", "Friday"),
            ("5", "Saturday"),
            ("6", "Sunday"),
            ("holiday", "Holidays"),
        ],
        required=True,
        default="workdays",
        help="The days on which the window begins. On a holiday only the windows for holidays "
        "count.",
    )

    @api.constrains("days", "kind", "hour_from", "hour_to", "schedule_id")
    def _check_contradiction(self):
        self.schedule_id._check_windows()

    def _lines_of_its_days(self):
        self.ensure_one()
        return [line for day in DAYS[self.days] for line in self._lines(day)]
