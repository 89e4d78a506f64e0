from odoo import api, models

# Fields of a record of which what is watched depends.
_WATCHED = {
    "alarm.subscriber": {"state", "tz", "holiday_ids", "company_id"},
    "alarm.panel": {
        *("active", "subscriber_id", "test_interval", "test_margin", "test_counts"),
    },
}


class AlarmWatchSource(models.AbstractModel):
    """A record of the register that says what is watched: a change asks for a new plan."""

    _name = "alarm.watch.source"
    _description = "What Supervision Depends on"

    def _watched_subscribers(self):
        return self.subscriber_id

    def _ask_for_plan(self, also=()):
        """As superuser: who may change the record changes what is watched. Drafts are planned when
        they are drafts no more."""
        subscribers = self.sudo()._watched_subscribers().union(*also)
        self.env["alarm.watch.request"].sudo()._ask(
            subscribers.filtered(lambda subscriber: subscriber.state != "draft")
        )

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._ask_for_plan()
        return records

    def write(self, vals):
        watched = _WATCHED.get(self._name)
        if watched is not None and not watched & vals.keys():
            return super().write(vals)
        before = self.sudo()._watched_subscribers()
        result = super().write(vals)
        self._ask_for_plan([before])
        return result

    def unlink(self):
        self.check_access("unlink")
        self._ask_for_plan()
        return super().unlink()


class AlarmSubscriber(models.Model):
    _name = "alarm.subscriber"
    _inherit = ["alarm.subscriber", "alarm.watch.source"]

    def _watched_subscribers(self):
        return self

    def unlink(self):
        self.check_access("unlink")
        # Drafts alone are deleted, and of those there is nothing but requests.
        requests = self.env["alarm.watch.request"].sudo()
        requests.search([("subscriber_id", "in", self.ids)]).unlink()
        return super().unlink()


class AlarmPanel(models.Model):
    _name = "alarm.panel"
    _inherit = ["alarm.panel", "alarm.watch.source"]


class AlarmSchedule(models.Model):
    _name = "alarm.schedule"
    _inherit = ["alarm.schedule", "alarm.watch.source"]


class AlarmScheduleLine(models.Model):
    _name = "alarm.schedule.line"
    _inherit = ["alarm.schedule.line", "alarm.watch.source"]


class AlarmScheduleChange(models.Model):
    _name = "alarm.schedule.change"
    _inherit = ["alarm.schedule.change", "alarm.watch.source"]


class AlarmScheduleChangeLine(models.Model):
    _name = "alarm.schedule.change.line"
    _inherit = ["alarm.schedule.change.line", "alarm.watch.source"]


class AlarmHoliday(models.Model):
    _name = "alarm.holiday"
    _inherit = ["alarm.holiday", "alarm.watch.source"]

    def _watched_subscribers(self):
        return self.subscriber_ids


class AlarmHolidayDay(models.Model):
    _name = "alarm.holiday.day"
    _inherit = ["alarm.holiday.day", "alarm.watch.source"]

    def _watched_subscribers(self):
        return self.holiday_id.subscriber_ids
