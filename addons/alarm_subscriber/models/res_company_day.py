from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytz

from odoo import api, fields, models


class ResCompany(models.Model):
    """Which day it is at the company.

    Fees, notices and lists go by the company's own clock. That of the user will not do: scheduled
    jobs run as one whose clock shows UTC, on which it is still yesterday until the morning in
    China.
    """

    _inherit = "res.company"

    @api.private
    def _alarm_today(self):
        """The day it is now. Of several companies, at the first; of none, at the present one."""
        return self._alarm_day_of(fields.Datetime.now())

    @api.private
    def _alarm_year(self):
        """The year it is now, for numbers that are drawn with every alarm: no clock is looked up
        but on the days when it is another year somewhere."""
        now = fields.Datetime.now()
        years = {(now + timedelta(hours=hours)).year for hours in (-12, 14)}
        return years.pop() if len(years) == 1 else self._alarm_today().year

    @api.private
    def _alarm_day_of(self, moment):
        """The day of a moment.

        :param moment: naive datetime in UTC
        """
        return moment.replace(tzinfo=UTC).astimezone(self._alarm_zone()).date()

    @api.model
    @api.private
    def _alarm_days(self, date=None):
        """{day: the companies where it is that day now}: scheduled jobs work for all of them.

        :param date: it is that day everywhere, for who works off another day than today
        """
        companies = self.sudo().search([("active", "in", (True, False))])
        return {date: companies} if date else companies.grouped(lambda one: one._alarm_today())

    def _alarm_zone(self):
        """The company's time zone: that of its address book entry, else of its country."""
        # Whoever works for a company needs no right to its address to know the day.
        partner = (self[:1] or self.env.company).sudo().partner_id
        country = pytz.country_timezones.get(partner.country_id.code or "", ())
        return ZoneInfo(partner.tz or next(iter(country), "UTC"))
