from odoo import api, fields, models


class AlarmArming(models.Model):
    """Whether premises are open or closed, as their signals said last. A row a subscriber and area;
    written by due work alone, so that storing and deciding never wait for it."""

    _name = "alarm.arming"
    _description = "Open or Closed"
    _order = "subscriber_id, area_id, id"
    _rec_name = "subscriber_id"
    _log_access = False

    subscriber_id = fields.Many2one(
        "alarm.subscriber", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="subscriber_id.company_id")
    area_id = fields.Many2one(
        "alarm.area", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    state = fields.Selection([("open", "Open"), ("closed", "Closed")], required=True, readonly=True)
    opened_at = fields.Datetime(string="Disarmed At", readonly=True)
    opened_by = fields.Char(string="Disarmed By", readonly=True)
    closed_at = fields.Datetime(string="Armed At", readonly=True)
    closed_by = fields.Char(string="Armed By", readonly=True)

    _place_uniq = models.UniqueIndex("(subscriber_id, COALESCE(area_id, 0))")

    @api.model
    def _keep(self, turns):
        """Keep openings and closings, whatever the order they arrive in.

        :param turns: signals as `alarm.signal.follow` reads them, with ``action``
        """
        last = {}
        for turn in turns:
            key = (turn.subscriber_id, turn.area_id)
            opened, closed = last.get(key, (None, None))
            if turn.action == "open":
                opened = max(filter(None, (opened, turn)), key=lambda one: one.received_at)
            else:
                closed = max(filter(None, (closed, turn)), key=lambda one: one.received_at)
            last[key] = (opened, closed)
        if not last:
            return
        self.env.cr.execute_values(
            """
            INSERT INTO alarm_arming AS known
                        (subscriber_id, area_id, state, opened_at, opened_by, closed_at, closed_by)
                 SELECT said.subscriber_id, said.area_id::int,
                        CASE WHEN coalesce(said.opened_at::timestamp, '-infinity')
                                  > coalesce(said.closed_at::timestamp, '-infinity')
                             THEN 'open' ELSE 'closed' END,
                        said.opened_at::timestamp, said.opened_by, said.closed_at::timestamp,
                        said.closed_by
                   FROM (VALUES %s) AS said (subscriber_id, area_id, opened_at, opened_by,
                                             closed_at, closed_by)
            ON CONFLICT (subscriber_id, (COALESCE(area_id, 0))) DO UPDATE
                    SET opened_at = greatest(known.opened_at, excluded.opened_at),
                        opened_by = CASE WHEN excluded.opened_at >= known.opened_at
                                           OR known.opened_at IS NULL
                                         THEN excluded.opened_by ELSE known.opened_by END,
                        closed_at = greatest(known.closed_at, excluded.closed_at),
                        closed_by = CASE WHEN excluded.closed_at >= known.closed_at
                                           OR known.closed_at IS NULL
                                         THEN excluded.closed_by ELSE known.closed_by END,
                        state = CASE
                            WHEN coalesce(greatest(known.opened_at, excluded.opened_at),
                                          '-infinity')
                                 > coalesce(greatest(known.closed_at, excluded.closed_at),
                                            '-infinity')
                            THEN 'open' ELSE 'closed' END
            """,
            [
                (
                    subscriber_id,
                    area_id or None,
                    opened and opened.received_at,
                    opened and opened.by,
                    closed and closed.received_at,
                    closed and closed.by,
                )
                for (subscriber_id, area_id), (opened, closed) in last.items()
            ],
            page_size=len(last),
        )
        self.invalidate_model()

    @api.model
    def _of_schedules(self, schedule_ids):
        """Schedule id -> ``(open, opened at, by whom, closed at)`` of its area, or of the whole
        subscriber: open while any area is. Schedules of which nothing is known are left out."""
        self.env.cr.execute(
            """
            SELECT schedule.id, bool_or(arming.state = 'open'), max(arming.opened_at),
                   (array_agg(arming.opened_by ORDER BY arming.opened_at DESC NULLS LAST))[1],
                   max(arming.closed_at)
              FROM alarm_schedule schedule
              JOIN alarm_arming arming
                ON arming.subscriber_id = schedule.subscriber_id
               AND (schedule.area_id IS NULL OR arming.area_id = schedule.area_id)
             WHERE schedule.id = ANY(%s)
             GROUP BY schedule.id
            """,
            [list(schedule_ids)],
        )
        return {schedule_id: tuple(found) for schedule_id, *found in self.env.cr.fetchall()}
