from datetime import timedelta

from odoo import api, models

from ..tools.injection import PREFIX
from ..tools.supervision import local_words, pack

# A panel that has missed its test is looked at so often, to note when it is heard again.
_AGAIN = timedelta(minutes=1)


class AlarmWatch(models.Model):
    """Test reports that panels send by themselves."""

    _inherit = "alarm.watch"

    @api.model
    def _plan_tests(self, subscriber_ids):
        cr = self.env.cr
        cr.execute(
            """
            INSERT INTO alarm_watch (kind, key, subscriber_id, company_id, panel_id, since,
                                     next_due_at)
                 SELECT 'test_missed', panel.id::text, panel.subscriber_id, panel.company_id,
                        panel.id, moment.now, moment.now
                   FROM alarm_panel panel
                   JOIN alarm_subscriber subscriber ON subscriber.id = panel.subscriber_id,
                        (SELECT date_trunc('second', clock_timestamp() AT TIME ZONE 'UTC') AS now)
                        AS moment
                  WHERE panel.subscriber_id = ANY(%s) AND panel.active AND panel.test_interval > 0
                    AND subscriber.state = 'active'
            ON CONFLICT (kind, key) DO UPDATE
                    SET next_due_at = excluded.next_due_at,
                        subscriber_id = excluded.subscriber_id,
                        company_id = excluded.company_id
            """,
            [subscriber_ids],
        )
        cr.execute(
            """
            DELETE FROM alarm_watch watch USING alarm_panel panel
             WHERE watch.kind = 'test_missed' AND watch.subscriber_id = ANY(%s)
               AND panel.id = watch.panel_id
               AND (NOT panel.active OR coalesce(panel.test_interval, 0) <= 0)
            """,
            [subscriber_ids],
        )
        self.invalidate_model()

    @api.model
    def _on_tests(self, signals):
        """Test reports have arrived. Only panels that nothing else proves alive need the note."""
        heard = {}
        for signal in signals:
            heard[signal.panel_id] = max(
                filter(None, (heard.get(signal.panel_id), signal.received_at))
            )
        if heard:
            self.env.cr.execute(
                """
                UPDATE alarm_watch watch SET since = said.at
                  FROM unnest(%s::int[], %s::timestamp[]) AS said (panel_id, at), alarm_panel panel
                 WHERE watch.kind = 'test_missed' AND watch.key = said.panel_id::text
                   AND panel.id = said.panel_id AND panel.test_counts = 'test'
                   AND (watch.since IS NULL OR watch.since < said.at)
                """,
                [list(heard), list(heard.values())],
            )
            self.invalidate_model()

    @api.model
    def _heard(self, watches):
        """Watch id -> ``(when its panel was heard last, id of the signal)``."""
        self.env.cr.execute(
            """
            SELECT watch.id, last.received_at, last.id
              FROM alarm_watch watch
              JOIN alarm_panel panel ON panel.id = watch.panel_id AND panel.test_counts = 'any',
           LATERAL (SELECT signal.id, signal.received_at FROM alarm_signal signal
                     WHERE signal.subscriber_id = watch.subscriber_id
                       AND signal.panel_id = watch.panel_id
                       AND NOT starts_with(signal.uid, %s)
                     ORDER BY signal.id DESC LIMIT 1) AS last
             WHERE watch.id = ANY(%s)
            """,
            [PREFIX, watches.ids],
        )
        return {watch_id: (at, signal_id) for watch_id, at, signal_id in self.env.cr.fetchall()}

    @api.model
    def _due_tests(self, watches, now):
        """Raise panels that were not heard in time, note those that are heard again."""
        heard = self._heard(watches)
        matters, restored = [], {}
        for watch in watches:
            panel = watch.panel_id
            last, signal_id = heard.get(watch.id, (None, 0))
            since = max(filter(None, (watch.since, last)), default=now)
            interval = timedelta(hours=panel.test_interval)
            deadline = since + interval + timedelta(minutes=panel.test_margin)
            values = {"since": since, "deadline_at": deadline}
            if deadline > now:
                if watch.missed_at:
                    restored[watch._matter_key()] = signal_id
                values |= {"next_due_at": deadline, "missed_at": False, "raised_at": False}
            else:
                values |= {"next_due_at": now + _AGAIN, "missed_at": deadline}
                if not watch.raised_at or watch.raised_at + interval <= now:
                    values["raised_at"] = now
                    tz = watch.subscriber_id.tz
                    matters.append(
                        watch._prepare_matter(
                            pack(
                                panel.display_name,
                                local_words(since, tz),
                                local_words(deadline, tz),
                            )
                        )
                    )
            watch.write(values)
        self.env["alarm.incident"]._raise_matters(matters)
        self.env["alarm.incident"]._note_all_restored(restored)
