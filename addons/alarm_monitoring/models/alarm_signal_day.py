from odoo import api, fields, models

# Changes folded by one statement at most.
_AT_ONCE = 200_000


class AlarmSignalDayMixin(models.AbstractModel):
    _name = "alarm.signal.day.mixin"
    _description = "Number of Alarm Signals of a Day"
    _order = "day desc, id desc"
    _rec_name = "day"
    _log_access = False

    day = fields.Date(required=True, readonly=True, help="The day at the premises.")
    company_id = fields.Many2one("res.company", readonly=True, ondelete="restrict")
    event_code_id = fields.Many2one("alarm.event.code", readonly=True, ondelete="restrict")
    event_class = fields.Selection(related="event_code_id.event_class")
    decision = fields.Selection(selection="_decisions", required=True, readonly=True)
    signals = fields.Integer(required=True, readonly=True)

    @api.model
    def _decisions(self):
        return self.env["alarm.signal"]._fields["decision"]._description_selection(self.env)


class AlarmSignalDay(models.Model):
    """How many signals of one code and decision a subscriber had on a day; kept when the signals
    themselves are deleted."""

    _name = "alarm.signal.day"
    _inherit = "alarm.signal.day.mixin"
    _description = "Alarm Signals per Day and Subscriber"
    _log_access = False

    subscriber_id = fields.Many2one("alarm.subscriber", readonly=True, ondelete="restrict")

    _key_uniq = models.UniqueIndex(
        "(day, coalesce(subscriber_id, 0), coalesce(event_code_id, 0), decision,"
        " coalesce(company_id, 0))"
    )
    _subscriber_idx = models.Index("(subscriber_id, day)")
    _nothing_idx = models.Index("(id) WHERE signals = 0")

    @api.model
    def _fold(self):
        """Add what was stored, decided or swept since to the days, and those to the totals."""
        cr = self.env.cr
        cr.execute(
            """
            SELECT max(id) FROM (
                SELECT id FROM alarm_signal_day_change ORDER BY id LIMIT %s) first
            """,
            [_AT_ONCE],
        )
        [last] = cr.fetchone()
        if not last:
            return
        cr.execute(
            """
            WITH change AS (
                DELETE FROM alarm_signal_day_change WHERE id <= %s
             RETURNING day, company_id, subscriber_id, event_code_id, decision, signals
            ), total AS (
                INSERT INTO alarm_signal_day_total AS total
                            (day, company_id, event_code_id, decision, signals)
                SELECT day, company_id, event_code_id, decision, sum(signals)
                  FROM change GROUP BY 1, 2, 3, 4 HAVING sum(signals) <> 0
                    ON CONFLICT (day, coalesce(event_code_id, 0), decision, coalesce(company_id, 0))
                    DO UPDATE SET signals = total.signals + excluded.signals
            )
            INSERT INTO alarm_signal_day AS day
                        (day, company_id, subscriber_id, event_code_id, decision, signals)
            SELECT day, company_id, subscriber_id, event_code_id, decision, sum(signals)
              FROM change GROUP BY 1, 2, 3, 4, 5 HAVING sum(signals) <> 0
                ON CONFLICT (day, coalesce(subscriber_id, 0), coalesce(event_code_id, 0), decision,
                             coalesce(company_id, 0))
                DO UPDATE SET signals = day.signals + excluded.signals
            """,
            [last],
        )
        cr.execute("DELETE FROM alarm_signal_day WHERE signals = 0")
        cr.execute("DELETE FROM alarm_signal_day_total WHERE signals = 0")
        self.invalidate_model()
        self.env["alarm.signal.day.total"].invalidate_model()


class AlarmSignalDayTotal(models.Model):
    """How many signals of one code and decision a company had on a day."""

    _name = "alarm.signal.day.total"
    _inherit = "alarm.signal.day.mixin"
    _description = "Alarm Signals per Day"
    _log_access = False

    _key_uniq = models.UniqueIndex(
        "(day, coalesce(event_code_id, 0), decision, coalesce(company_id, 0))"
    )
    _nothing_idx = models.Index("(id) WHERE signals = 0")


class AlarmSignalDayChange(models.Model):
    """What a statement has added to a day or taken from it. Only inserted while storing and
    deciding, so that nobody waits for a counter; folded into the days by the due work."""

    _name = "alarm.signal.day.change"
    _description = "Change of the Number of Alarm Signals of a Day"
    _order = "id"
    _rec_name = "day"
    _log_access = False

    # Ids without foreign keys: lives for seconds.
    day = fields.Date(required=True, readonly=True)
    company_id = fields.Integer(readonly=True)
    subscriber_id = fields.Integer(readonly=True)
    event_code_id = fields.Integer(readonly=True)
    decision = fields.Char(required=True, readonly=True)
    signals = fields.Integer(required=True, readonly=True)

    def _get_redirect_suggested_company(self):
        # Odoo takes `company_id` for a record where it words why somebody may not read this.
        return self.env["res.company"].browse({*self.mapped("company_id")} - {0})


class AlarmDuty(models.Model):
    _inherit = "alarm.duty"

    @api.model
    def _due_jobs(self):
        return [*super()._due_jobs(), self.env["alarm.signal.day"]._fold]
