from datetime import UTC, date
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.availability import Absence, Hours, is_available, next_available

DAYS = [
    ("all", "Every Day"),
    ("work", "Monday to Friday"),
    ("weekend", "Saturday and Sunday"),
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]
WEEKDAYS = {
    "all": frozenset(range(7)),
    "work": frozenset(range(5)),
    "weekend": frozenset({5, 6}),
    **{str(day): frozenset({day}) for day in range(7)},
}


class AlarmContactAvailability(models.Model):
    """When a contact can be reached, or is away; in the time of the subscriber."""

    _name = "alarm.contact.availability"
    _inherit = "alarm.subscriber.part"
    _description = "Availability of a Person to Call"
    _order = "contact_id, kind desc, first_day, days, hour_from, id"
    _revision_hours = frozenset({"hour_from", "hour_to"})

    contact_id = fields.Many2one("alarm.contact", required=True, index=True, ondelete="restrict")
    subscriber_id = fields.Many2one(
        "alarm.subscriber",
        related="contact_id.subscriber_id",
        store=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company",
        related="contact_id.company_id",
        store=True,
        index=True,
        ondelete="restrict",
    )
    kind = fields.Selection(
        [("hours", "Can Be Reached"), ("absence", "Away")],
        string="Type",
        default="hours",
        required=True,
        help="A contact without hours can be reached at any time. Being away comes first.",
    )
    days = fields.Selection(DAYS, default="all")
    hour_from = fields.Float(string="From")
    hour_to = fields.Float(
        string="To",
        default=24.0,
        help="A time that is not after the start is one of the next day: 20:00 to 08:00.",
    )
    first_day = fields.Date()
    last_day = fields.Date(help="The last day of the absence; empty: until further notice.")
    reason = fields.Char()

    _hours_in_a_day = models.Constraint(
        "CHECK(hour_from >= 0 AND hour_from < 24 AND hour_to >= 0 AND hour_to <= 24)",
        "Hours of availability begin at 00:00 to 23:59 and end at 00:00 to 24:00.",
    )

    @api.constrains("kind", "days", "first_day", "last_day")
    def _check_complete(self):
        for line in self:
            if line.kind == "hours" and not line.days:
                raise ValidationError(
                    self.env._(
                        "The hours of %s do not say on which days.", line.contact_id.display_name
                    )
                )
            if line.kind == "absence" and not line.first_day:
                raise ValidationError(
                    self.env._(
                        "The absence of %s needs its first day.", line.contact_id.display_name
                    )
                )
            if line.kind == "absence" and line.last_day and line.last_day < line.first_day:
                raise ValidationError(
                    self.env._(
                        "The absence of %(contact)s ends on %(last)s, before it begins on "
                        "%(first)s.",
                        contact=line.contact_id.display_name,
                        first=line.first_day,
                        last=line.last_day,
                    )
                )

    @api.depends("kind", "days", "hour_from", "hour_to", "first_day", "last_day")
    @api.depends_context("lang")
    def _compute_display_name(self):
        days = dict(self._fields["days"]._description_selection(self.env))
        for line in self:
            if line.kind == "absence":
                line.display_name = self.env._(
                    "away %(first)s – %(last)s",
                    first=line.first_day or "",
                    last=line.last_day or "…",
                )
            else:
                line.display_name = (
                    f"{days.get(line.days, '')} {_clock(line.hour_from)}–{_clock(line.hour_to)}"
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_known(self):
        # Hours are changed at any time: what they were is in the history of the subscriber.
        self.contact_id.check_access("write")

    def _hours(self):
        return [
            Hours(WEEKDAYS[line.days], _minutes(line.hour_from), _minutes(line.hour_to))
            for line in self
            if line.kind == "hours"
        ]

    def _absences(self):
        return [
            Absence(line.first_day, line.last_day or date.max)
            for line in self
            if line.kind == "absence"
        ]


class AlarmContact(models.Model):
    _inherit = "alarm.contact"

    availability_ids = fields.One2many(
        "alarm.contact.availability", "contact_id", string="Availability"
    )
    available_now = fields.Boolean(compute="_compute_available_now")
    available_from = fields.Datetime(
        compute="_compute_available_now",
        help="When the contact can be reached next; empty while he can be, or never will.",
    )

    @api.depends("availability_ids", "subscriber_id.tz")
    def _compute_available_now(self):
        now = fields.Datetime.now()
        for contact in self:
            reached = contact._reached_from(now)
            contact.available_now = reached == now
            contact.available_from = reached if reached != now else False

    def unlink(self):
        self.availability_ids.unlink()
        return super().unlink()

    def _reached_from(self, moment):
        """First moment from `moment` (naive UTC) on at which the contact can be reached; `moment`
        itself when he can be then, False when never."""
        self.ensure_one()
        lines = self.availability_ids
        hours, absences = lines._hours(), lines._absences()
        tz = ZoneInfo(self.subscriber_id.tz or "UTC")
        aware = moment.replace(tzinfo=UTC)
        if is_available(hours, absences, aware, tz):
            return moment
        found = next_available(hours, absences, aware, tz)
        return found.replace(tzinfo=None) if found else False


class AlarmSubscriber(models.Model):
    _inherit = "alarm.subscriber"

    def _call_list(self, moment):
        """Whom to call, in order, and who can be reached at `moment`.

        The number of queries does not depend on how many subscribers these are.

        :param moment: naive datetime in UTC
        :return: {subscriber: [{"contact": record, "available": bool, "available_from":
            naive datetime in UTC (`moment` when available) or False for never}]}
        """
        # One read for all, whatever was prefetched together before.
        contacts = self.env["alarm.contact"].search([("subscriber_id", "in", self.ids)])
        calls = {subscriber: [] for subscriber in self}
        for contact in contacts.sorted(lambda contact: (contact.sequence, contact.id)):
            reached = contact._reached_from(moment)
            calls[contact.subscriber_id].append(
                {
                    "contact": contact,
                    "available": reached == moment,
                    "available_from": reached,
                }
            )
        return calls


def _minutes(hours):
    return round(hours * 60)


def _clock(hours):
    return f"{_minutes(hours) // 60:02d}:{_minutes(hours) % 60:02d}"
