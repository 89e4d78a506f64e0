from odoo import api, fields, models

# Subscribers planned in one run; the rest is for the next.
_AT_ONCE = 2000


class AlarmWatchRequest(models.Model):
    """A subscriber whose record has changed so that other things are to be watched. Whoever changes
    it only adds a row here; due work plans anew. So nobody's change meets a row of `alarm.watch`
    that due work is writing."""

    _name = "alarm.watch.request"
    _description = "Supervision To Be Planned Anew"
    _log_access = False

    subscriber_id = fields.Many2one(
        "alarm.subscriber", required=True, readonly=True, ondelete="restrict"
    )

    @api.model
    def _ask(self, subscribers):
        """As superuser: who may change the record changes what is watched."""
        if subscribers:
            self.env.cr.execute_values(
                "INSERT INTO alarm_watch_request (subscriber_id) VALUES %s",
                [(subscriber_id,) for subscriber_id in set(subscribers.ids)],
            )

    @api.model
    def _ask_all(self):
        """All that are monitored: after an installation."""
        self.env.cr.execute(
            """
            INSERT INTO alarm_watch_request (subscriber_id)
                 SELECT id FROM alarm_subscriber WHERE state = 'active'
            """
        )


class AlarmWatch(models.Model):
    _inherit = "alarm.watch"

    @api.model
    def _plan_requested(self):
        """Plan anew what is watched of subscribers whose record has changed."""
        self.env.cr.execute(
            """
            DELETE FROM alarm_watch_request
             WHERE subscriber_id IN (SELECT DISTINCT subscriber_id FROM alarm_watch_request
                                      ORDER BY subscriber_id LIMIT %s)
         RETURNING subscriber_id
            """,
            [_AT_ONCE],
        )
        ids = sorted({subscriber_id for [subscriber_id] in self.env.cr.fetchall()})
        if ids:
            self._plan(ids)

    @api.model
    def _plan(self, subscriber_ids):
        """Watch what these subscribers' records ask for now, and nothing else of them. What is
        missed already stays so; the handlers find out what is due when."""
        self._plan_tests(subscriber_ids)
        self._plan_schedules(subscriber_ids)
        self.env.cr.execute(
            """
            DELETE FROM alarm_watch watch USING alarm_subscriber subscriber
             WHERE watch.subscriber_id = ANY(%s) AND subscriber.id = watch.subscriber_id
               AND subscriber.state <> 'active'
            """,
            [subscriber_ids],
        )
        self.invalidate_model()
