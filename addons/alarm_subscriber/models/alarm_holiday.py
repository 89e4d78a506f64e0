from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..tools.schedule import HOLIDAY


class AlarmHoliday(models.Model):
    """A calendar of holidays that subscribers keep."""

    _name = "alarm.holiday"
    _inherit = "alarm.company.bound"
    _description = "Holiday Calendar"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(
        default=10, help="Where two calendars of a subscriber name a day, the first holds."
    )
    company_id = fields.Many2one(
        "res.company",
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
        help="Left empty, all companies may use it.",
    )
    day_ids = fields.One2many("alarm.holiday.day", "holiday_id", string="Days", copy=True)
    subscriber_ids = fields.Many2many(
        "alarm.subscriber",
        "alarm_holiday_alarm_subscriber_rel",
        "holiday_id",
        "subscriber_id",
        string="Subscribers",
        check_company=True,
        copy=False,
        ondelete="restrict",
    )
    active = fields.Boolean(default=True)

    def init(self):
        # Of the two foreign keys of a relation Odoo makes one, now this one and now that, delete
        # with what it refers to: subscribers would lose their holidays and nobody be told.
        self.env.cr.execute(
            """
            CREATE OR REPLACE FUNCTION alarm_holiday_kept() RETURNS trigger AS $$
            BEGIN
                IF EXISTS (SELECT 1 FROM alarm_holiday_alarm_subscriber_rel
                            WHERE holiday_id = OLD.id) THEN
                    RAISE restrict_violation USING MESSAGE =
                        format('Holiday calendar %s is kept by subscribers', OLD.id);
                END IF;
                RETURN OLD;
            END
            $$ LANGUAGE plpgsql;
            DROP TRIGGER IF EXISTS alarm_holiday_kept ON alarm_holiday;
            CREATE TRIGGER alarm_holiday_kept BEFORE DELETE ON alarm_holiday
                FOR EACH ROW EXECUTE FUNCTION alarm_holiday_kept();
            """
        )

    # Who keeps a calendar is the subscriber's own, and told in its history, whichever of the two
    # records it is written from.
    @api.model_create_multi
    def create(self, vals_list):
        kept = [vals.get("subscriber_ids") for vals in vals_list]
        holidays = super().create(
            [
                {name: value for name, value in vals.items() if name != "subscriber_ids"}
                for vals in vals_list
            ]
        )
        for holiday, subscribers in zip(holidays, kept, strict=True):
            if subscribers:
                holiday.write({"subscriber_ids": subscribers})
        return holidays

    def write(self, vals):
        if "subscriber_ids" not in vals:
            return super().write(vals)
        res = super().write({name: vals[name] for name in vals if name != "subscriber_ids"})
        field = self._fields["subscriber_ids"]
        for holiday in self:
            before = holiday.subscriber_ids
            kept = field.convert_to_record(
                field.convert_to_cache(vals["subscriber_ids"], holiday), holiday
            )
            (kept - before).write({"holiday_ids": [Command.link(holiday.id)]})
            (before - kept).write({"holiday_ids": [Command.unlink(holiday.id)]})
        return res

    def unlink(self):
        self._check_not_kept()
        self.day_ids.unlink()
        return super().unlink()

    def _check_not_kept(self):
        for holiday in self.sudo():
            kept = len(holiday.subscriber_ids)
            if kept:
                raise UserError(
                    self.env._(
                        "%(holiday)s cannot be deleted: %(count)s subscribers keep it. Take it "
                        "from them first, or archive it.",
                        holiday=holiday.display_name,
                        count=kept,
                    )
                )

    @api.model
    def _days(self, ids):
        """Calendar id -> {day: number of the day whose windows it has}."""
        self.env.cr.execute(
            """
            SELECT holiday_id, date_from, date_to, acts_as FROM alarm_holiday_day
             WHERE holiday_id = ANY(%s) ORDER BY date_from, id
            """,
            [list(ids)],
        )
        days = {}
        for holiday_id, first, last, acts_as in self.env.cr.fetchall():
            number = HOLIDAY if acts_as == "holiday" else int(acts_as)
            for offset in range((last - first).days + 1):
                days.setdefault(holiday_id, {})[first + timedelta(days=offset)] = number
        return days


class AlarmHolidayDay(models.Model):
    _name = "alarm.holiday.day"
    _inherit = "alarm.company.bound"
    _description = "Days of a Holiday Calendar"
    _order = "date_from, id"

    holiday_id = fields.Many2one("alarm.holiday", required=True, index=True, ondelete="restrict")
    name = fields.Char(required=True, translate=True)
    date_from = fields.Date(string="From", required=True)
    date_to = fields.Date(
        string="To",
        required=True,
        compute="_compute_date_to",
        store=True,
        readonly=False,
        precompute=True,
    )
    acts_as = fields.Selection(
        [
            ("holiday", "Holiday"),
            ("0", "Worked like a Monday"),
            ("1", "Worked like a Tuesday"),
            ("2", "Worked like a Wednesday"),
            ("3", "Worked like a Thursday"),
            ("4", "Worked like a Friday"),
            ("5", "Like a Saturday"),
            ("6", "Like a Sunday"),
        ],
        string="Is",
        required=True,
        default="holiday",
        help="A day that is worked to make up for a holiday has the windows of that weekday.",
    )

    _dates_in_order = models.Constraint(
        "CHECK(date_to >= date_from AND date_to < date_from + 366)",
        "The days of a holiday end on the day they begin or later, within a year.",
    )

    @api.depends("date_from")
    def _compute_date_to(self):
        for day in self:
            if not day.date_to or (day.date_from and day.date_to < day.date_from):
                day.date_to = day.date_from
