from datetime import timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.schedule import HOLIDAY, Change, Plan, check_lines
from .alarm_schedule_window import as_line

# Which days a line is for -> their numbers (tools/schedule.py).
DAYS = {
    "daily": range(7),
    "workdays": range(5),
    "weekend": (5, 6),
    **{str(day): (day,) for day in range(7)},
    "holiday": (HOLIDAY,),
}


class AlarmSchedule(models.Model):
    """When a subscriber, or one area of it, opens and closes."""

    _name = "alarm.schedule"
    _inherit = "alarm.subscriber.part"
    _description = "Opening and Closing Schedule"
    _order = "subscriber_id, area_id, id"
    _check_company_auto = True

    subscriber_id = fields.Many2one(
        "alarm.subscriber", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company",
        related="subscriber_id.company_id",
        store=True,
        index=True,
        ondelete="restrict",
    )
    area_id = fields.Many2one(
        "alarm.area",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('subscriber_id', '=', subscriber_id)]",
        help="Left empty, the schedule is that of the whole subscriber: open while any area is.",
    )
    tz = fields.Selection(related="subscriber_id.tz")
    line_ids = fields.One2many("alarm.schedule.line", "schedule_id", string="Windows", copy=True)
    change_ids = fields.One2many("alarm.schedule.change", "schedule_id", string="Temporary Changes")
    repeat_minutes = fields.Integer(
        string="Remind Every (min)",
        default=30,
        help="Minutes after which a dispatcher is reminded that it is still not closed; "
        "0: once only.",
    )
    left_open_minutes = fields.Integer(
        string="Closed Again Within (min)",
        default=60,
        help="Minutes after an opening outside the schedule within which it must be closed again; "
        "0: not watched.",
    )
    active = fields.Boolean(default=True)

    _subscriber_area_uniq = models.UniqueIndex(
        "(subscriber_id, COALESCE(area_id, 0)) WHERE active",
        "The subscriber, or this area of it, has a schedule already.",
    )
    _minutes_positive = models.Constraint(
        "CHECK(repeat_minutes >= 0 AND left_open_minutes >= 0)",
        "The minutes of a schedule are 0 or more.",
    )

    @api.constrains("area_id", "subscriber_id")
    def _check_area(self):
        for schedule in self:
            if schedule.area_id and schedule.area_id.subscriber_id != schedule.subscriber_id:
                raise ValidationError(
                    self.env._(
                        "Area %(area)s is not an area of %(subscriber)s.",
                        area=schedule.area_id.display_name,
                        subscriber=schedule.subscriber_id.display_name,
                    )
                )

    @api.depends("subscriber_id", "area_id")
    def _compute_display_name(self):
        for schedule in self:
            schedule.display_name = " · ".join(
                filter(None, (schedule.subscriber_id.display_name, schedule.area_id.display_name))
            )

    def unlink(self):
        # Nothing goes by a cascade of the database: what goes is told to whoever keeps the history.
        self.change_ids.unlink()
        self.line_ids.unlink()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_known(self):
        for schedule in self:
            schedule.subscriber_id._check_deletable(schedule.display_name)

    @api.private
    def _plans(self, today=None):
        """Schedule id -> `Plan` (tools/schedule.py), in four queries however many there are.

        :param today: changes that ended days before it are left out
        """
        self.flush_model()
        self.env.flush_all()
        today = today or fields.Date.today()
        ids = list(self.ids)
        cr = self.env.cr
        cr.execute(
            """
            SELECT schedule.id, subscriber.id, subscriber.tz FROM alarm_schedule schedule
              JOIN alarm_subscriber subscriber ON subscriber.id = schedule.subscriber_id
             WHERE schedule.id = ANY(%s)
            """,
            [ids],
        )
        schedules = cr.fetchall()
        lines = self._lines_by_schedule(ids)
        holidays = self._holidays_by_subscriber([row[1] for row in schedules])
        changes = self._changes_by_schedule(ids, today - timedelta(days=4))
        return {
            schedule_id: Plan(
                ZoneInfo(tz),
                tuple(lines.get(schedule_id, ())),
                holidays.get(subscriber_id, {}),
                tuple(changes.get(schedule_id, ())),
            )
            for schedule_id, subscriber_id, tz in schedules
        }

    @api.model
    def _lines_by_schedule(self, ids):
        self.env.cr.execute(
            """
            SELECT schedule_id, days, hour_from, hour_to, kind, tolerance FROM alarm_schedule_line
             WHERE schedule_id = ANY(%s) ORDER BY id
            """,
            [ids],
        )
        lines = {}
        for schedule_id, days, *window in self.env.cr.fetchall():
            lines.setdefault(schedule_id, []).extend(as_line(day, *window) for day in DAYS[days])
        return lines

    @api.model
    def _holidays_by_subscriber(self, subscriber_ids):
        """Subscriber id -> {day: number of the day that it has the windows of}. Subscribers with
        the same calendars share one."""
        cr = self.env.cr
        cr.execute(
            """
            SELECT assigned.subscriber_id,
                   array_agg(holiday.id ORDER BY holiday.sequence DESC, holiday.id DESC)
              FROM alarm_holiday_alarm_subscriber_rel assigned
              JOIN alarm_holiday holiday ON holiday.id = assigned.holiday_id AND holiday.active
             WHERE assigned.subscriber_id = ANY(%s)
             GROUP BY assigned.subscriber_id
            """,
            [subscriber_ids],
        )
        assigned = {subscriber_id: tuple(ids) for subscriber_id, ids in cr.fetchall()}
        if not assigned:
            return {}
        by_calendar = self.env["alarm.holiday"]._days(
            {id_ for ids in assigned.values() for id_ in ids}
        )
        merged = {}
        for ids in set(assigned.values()):
            merged[ids] = {}
            for calendar_id in ids:
                merged[ids].update(by_calendar.get(calendar_id, {}))
        return {subscriber_id: merged[ids] for subscriber_id, ids in assigned.items()}

    @api.model
    def _changes_by_schedule(self, ids, since):
        cr = self.env.cr
        cr.execute(
            """
            SELECT change.schedule_id, change.id, change.date_from, change.date_to,
                   line.hour_from, line.hour_to, line.kind, line.tolerance
              FROM alarm_schedule_change change
         LEFT JOIN alarm_schedule_change_line line ON line.change_id = change.id
             WHERE change.schedule_id = ANY(%s) AND change.date_to >= %s
               AND change.cancelled_at IS NULL
             ORDER BY change.id, line.id
            """,
            [ids, since],
        )
        found = {}
        for schedule_id, change_id, first, last, *window in cr.fetchall():
            changes = found.setdefault(schedule_id, {})
            windows = changes.setdefault(change_id, (first, last, []))[2]
            if window[2]:
                windows.append(as_line(0, *window))
        return {
            schedule_id: [
                Change(first, last, tuple(windows)) for first, last, windows in changes.values()
            ]
            for schedule_id, changes in found.items()
        }

    @api.private
    def _check_windows(self):
        """Refuse windows that contradict each other."""
        for schedule in self:
            lines = [line for window in schedule.line_ids for line in window._lines_of_its_days()]
            schedule._refuse_contradiction(check_lines(lines))

    @api.model
    def _refuse_contradiction(self, found):
        if found:
            quiet, other = found
            kinds = dict(
                self.env["alarm.schedule.line"]._fields["kind"]._description_selection(self.env)
            )
            raise ValidationError(
                self.env._(
                    "“%(quiet)s” from %(quiet_from)s and “%(other)s” from %(other_from)s overlap "
                    "on one day: where nothing may happen nothing can be allowed.",
                    quiet=kinds[quiet.kind],
                    quiet_from="{:02d}:{:02d}".format(*divmod(quiet.start, 60)),
                    other=kinds[other.kind],
                    other_from="{:02d}:{:02d}".format(*divmod(other.start, 60)),
                )
            )
