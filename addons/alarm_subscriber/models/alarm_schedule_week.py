from datetime import timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup

from odoo import fields, models
from odoo.tools import format_date

from ..tools.schedule import DAY, lines_of

# Kind -> classes of its bar. The kinds differ by more than colour: letters stand in the bars.
_BARS = {
    "must_open": "text-bg-success",
    "may_open": "bg-success-subtle text-success-emphasis",
    "must_close": "text-bg-primary",
    "may_close": "bg-primary-subtle text-primary-emphasis",
    "no_activity": "border text-bg-light",
}
_ROWS = {"may_open": 0, "must_open": 0, "no_activity": 0, "may_close": 1, "must_close": 1}
_HATCHED = "; background-image: repeating-linear-gradient(45deg, transparent 0 6px, #8883 6px 9px)"
_HOURS = (0, 6, 12, 18, 24)


class AlarmSchedule(models.Model):
    """The next days of a schedule as a picture: a row a day, a bar a window."""

    _inherit = "alarm.schedule"

    week = fields.Html(string="Next Seven Days", compute="_compute_week", sanitize=False)

    def _compute_week(self):
        for schedule in self:
            schedule.week = schedule._week_picture()

    def _week_picture(self):
        """The next seven days of these schedules, holidays and changes included."""
        plans = self._origin._plans() if self._origin else {}
        pictures = []
        for schedule in self._origin.filtered("active"):
            plan = plans[schedule.id]
            if len(self) > 1:
                pictures.append(
                    Markup("<div class='fw-bold mt-2'>%s</div>")
                    % (schedule.area_id.display_name or self.env._("Whole Subscriber"))
                )
            pictures.append(schedule._picture_of(plan))
        return Markup("").join(pictures) or False

    def _picture_of(self, plan):
        today = fields.Datetime.now().astimezone(ZoneInfo(self.tz or "UTC")).date()
        rows = []
        # From yesterday on: its last window may run into today.
        days = [(day, *lines_of(plan, day)) for day in (today + timedelta(n) for n in range(-1, 7))]
        for (_day, _source, before), (day, source, lines) in zip(days, days[1:], strict=False):
            bars = [self._bar(line, -DAY) for line in before if line.start + line.length > DAY]
            bars += [self._bar(line, 0) for line in lines]
            rows.append(self._row(day, source, Markup("").join(bars)))
        return Markup("<div class='o_alarm_week' style='max-width: 1080px'>%s%s</div>%s") % (
            Markup("").join(rows),
            self._scale(),
            self._legend(),
        )

    def _row(self, day, source, bars):
        sources = {
            "holiday": self.env._("Holiday calendar"),
            "change": self.env._("Temporary change"),
        }
        return Markup(
            "<div class='d-flex align-items-center border-bottom'>"
            "<div class='flex-shrink-0 pe-2 py-1 small' style='width: 150px'>%s"
            "<div class='text-warning-emphasis'>%s</div></div>"
            "<div class='flex-grow-1 position-relative bg-body-tertiary' style='height: 38px'>"
            "%s%s</div></div>"
        ) % (
            format_date(self.env, day, date_format="EEE MM-dd"),
            sources.get(source, ""),
            Markup("").join(
                Markup(
                    "<div class='position-absolute h-100 border-start' style='left: %s%%'></div>"
                )
                % (hour * 100 / 24)
                for hour in _HOURS[1:-1]
            ),
            bars,
        )

    def _bar(self, line, offset):
        """A window as a bar on the day that begins `offset` minutes after the window's own."""
        start = max(line.start + offset, 0)
        end = min(line.start + line.length + offset, DAY)
        label = self._kind_labels()[line.kind]
        hours = "{:02d}:{:02d}–{:02d}:{:02d}".format(
            *divmod(line.start, 60), *divmod((line.start + line.length - 1) % DAY + 1, 60)
        )
        title = f"{hours} {label}"
        if line.tolerance:
            title = self.env._(
                "%(window)s, tolerance %(minutes)s min", window=title, minutes=line.tolerance
            )
        quiet = line.kind == "no_activity"
        text = ""
        if end - start >= 3 * 60:
            text = f"{hours} {label}"
        elif end - start >= 2 * 60:
            text = label
        return Markup(
            "<div class='position-absolute rounded-1 text-truncate px-1 %s' title='%s' "
            "style='left: %.3f%%; width: %.3f%%; top: %dpx; height: %dpx; font-size: 11px; "
            "line-height: 16px%s'>%s</div>"
        ) % (
            _BARS[line.kind],
            title,
            start * 100 / DAY,
            max(end - start, 10) * 100 / DAY,
            2 + 18 * _ROWS[line.kind],
            34 if quiet else 16,
            _HATCHED if quiet else "",
            text,
        )

    def _scale(self):
        return Markup(
            "<div class='d-flex small text-muted'><div class='flex-shrink-0' style='width: 150px'>"
            "</div><div class='flex-grow-1 d-flex justify-content-between'>%s</div></div>"
        ) % Markup("").join(Markup("<span>%02d:00</span>") % hour for hour in _HOURS)

    def _legend(self):
        return Markup("<div class='d-flex flex-wrap gap-2 mt-1 mb-2 small'>%s</div>") % Markup(
            ""
        ).join(
            Markup("<span class='rounded-1 px-2 %s'>%s</span>") % (_BARS[kind], label)
            for kind, label in self._kind_labels().items()
        )

    def _kind_labels(self):
        line = self.env["alarm.schedule.line"]
        return dict(line._fields["kind"]._description_selection(self.env))
