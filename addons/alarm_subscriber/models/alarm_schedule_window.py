from odoo import api, fields, models

from ..tools.schedule import Line

KINDS = [
    ("must_open", "Must Open"),
    ("may_open", "May Open"),
    ("must_close", "Must Close"),
    ("may_close", "May Close"),
    ("no_activity", "No Activity"),
]


class AlarmScheduleWindow(models.AbstractModel):
    """From when to when something may or must happen on a day."""

    _name = "alarm.schedule.window"
    _description = "Window of Time in a Schedule"
    _order = "hour_from, hour_to, id"
    _revision_hours = frozenset({"hour_from", "hour_to"})

    kind = fields.Selection(
        KINDS,
        string="Type",
        required=True,
        default="may_open",
        help="Must: it is late when it has not come by the end. May: it is in order within the "
        "window. No activity: neither opening nor closing is in order.",
    )
    hour_from = fields.Float(string="From", required=True, default=8)
    hour_to = fields.Float(
        string="To", required=True, default=18, help="Not after the start: on the next day."
    )
    tolerance = fields.Integer(
        string="Tolerance (min)", help="Minutes before the start and after the end."
    )

    _hours_of_day = models.Constraint(
        "CHECK(hour_from >= 0 AND hour_from < 24 AND hour_to >= 0 AND hour_to <= 24)",
        "A window begins at 00:00 to 23:59 and ends at 00:00 to 24:00.",
    )
    _tolerance_of_day = models.Constraint(
        "CHECK(tolerance >= 0 AND tolerance <= 720)",
        "The tolerance is 0 to 720 minutes.",
    )

    @api.depends("kind", "hour_from", "hour_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for window in self:
            window.display_name = " ".join(
                (_clock(window.hour_from), "–", _clock(window.hour_to), labels[window.kind])
            )

    def _lines(self, day):
        """The windows as values (tools/schedule.py) of a day."""
        return [
            as_line(day, window.hour_from, window.hour_to, window.kind, window.tolerance)
            for window in self
        ]


def as_line(day, hour_from, hour_to, kind, tolerance):
    return Line(day, round(hour_from * 60), round(hour_to * 60), kind, tolerance or 0)


def _clock(hour):
    return "{:02d}:{:02d}".format(*divmod(round(hour * 60), 60))
