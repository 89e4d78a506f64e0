from datetime import timedelta

from odoo import api, fields, models

from ..tools.supervision import MATTERS, forgotten_at, local_words, pack
from ..tools.test_mode import Moment


class AlarmWatch(models.Model):
    """Test modes that somebody forgot, and what is not missed because the premises are on test."""

    _inherit = "alarm.watch"

    @api.model
    def _plan_test_modes(self):
        """Watch the tests that have not ended, which are few; and note on what was raised because
        of the others that they have."""
        cr = self.env.cr
        self.env["alarm.test.mode"].flush_model()
        # Whoever extends a test, remembers it: it counts anew from then on.
        cr.execute(
            """
            INSERT INTO alarm_watch (kind, key, subscriber_id, company_id, since, next_due_at)
                 SELECT 'test_forgotten', test.id::text, test.subscriber_id, test.company_id,
                        greatest(test.starts_at, said.at),
                        date_trunc('second', clock_timestamp() AT TIME ZONE 'UTC')
                   FROM alarm_test_mode test
                   JOIN alarm_subscriber subscriber ON subscriber.id = test.subscriber_id
                    AND subscriber.state = 'active'
              LEFT JOIN LATERAL (
                        SELECT max(entry.at) AS at FROM alarm_test_mode_entry entry
                         WHERE entry.test_mode_id = test.id AND entry.kind = 'extended'
                        ) said ON TRUE
                  WHERE test.end_logged IS NOT TRUE
            ON CONFLICT (kind, key) DO UPDATE
                    SET since = excluded.since, next_due_at = excluded.next_due_at
                  WHERE alarm_watch.since IS DISTINCT FROM excluded.since
            """
        )
        cr.execute(
            """
            SELECT watch.id FROM alarm_watch watch
              JOIN alarm_test_mode test ON test.id = watch.key::int
             WHERE watch.kind = 'test_forgotten' AND test.end_logged
            """
        )
        self.invalidate_model()
        over = self.browse(id_ for [id_] in cr.fetchall())
        if over:
            self.env["alarm.incident"]._note_all_restored(
                {watch._matter_key(): 0 for watch in over if watch.missed_at}
            )
            self._drop("test_forgotten", over.mapped("key"))

    @api.model
    def _due_test_modes(self, watches, now):
        """Raise tests that nothing was received of for long, or that last too long in all; each
        once, until somebody extends it."""
        tests = self.env["alarm.test.mode"].browse(int(watch.key) for watch in watches).exists()
        by_key = {str(test.id): test for test in tests}
        heard = self._heard_on_test(watches)
        matters = []
        for watch in watches:
            test = by_key.get(watch.key)
            company = watch.company_id
            found = test and forgotten_at(
                test.starts_at,
                test.ends_at,
                max(filter(None, (watch.since, heard.get(watch.id))), default=now),
                timedelta(hours=company.alarm_test_quiet_hours),
                timedelta(hours=company.alarm_test_total_hours),
                told=watch.detail == "total",
            )
            if not found:
                watch.write({"deadline_at": False, "next_due_at": False})
            elif found.at > now:
                watch.write({"deadline_at": found.at, "next_due_at": found.at})
            else:
                tz = watch.subscriber_id.tz
                matters.append(
                    watch._prepare_matter(
                        pack(
                            found.why,
                            local_words(test.starts_at, tz),
                            local_words(test.ends_at, tz),
                            test.authorised_name,
                        )
                    )
                )
                values = {"missed_at": found.at, "raised_at": now, "next_due_at": False}
                watch.write(values | {"deadline_at": found.at, "detail": found.why})
        self.env["alarm.incident"]._raise_matters(matters)

    @api.model
    def _heard_on_test(self, watches):
        """Watch id -> when the last signal was logged because of the test, after it was begun or
        extended."""
        self.env.cr.execute(
            """
            SELECT watch.id, last.received_at
              FROM alarm_watch watch,
           LATERAL (SELECT signal.received_at FROM alarm_signal signal
                     WHERE signal.subscriber_id = watch.subscriber_id
                       AND signal.received_at >= watch.since AND signal.decision = 'log_test'
                     ORDER BY signal.received_at DESC LIMIT 1) AS last
             WHERE watch.id = ANY(%s)
            """,
            [watches.ids],
        )
        return dict(self.env.cr.fetchall())

    @api.model
    def _muted(self, watches):
        """While premises are on test nothing is late there, as far as the test goes; afterwards it
        is looked at again."""
        muted = super()._muted(watches)
        asked = watches.filtered(lambda watch: watch.kind != "test_forgotten")
        now = fields.Datetime.now()
        tests = self.env["alarm.test.mode"]._coverages(asked.subscriber_id.ids, now)
        if not tests:
            return muted
        return muted | asked.filtered(
            lambda watch: any(
                test.covers(
                    Moment(now, watch.schedule_id.area_id.id or 0),
                    MATTERS[watch.kind][1],
                    exempt=False,
                )
                for test in tests.get(watch.subscriber_id.id, ())
            )
        )

    @api.model
    def _not_on_test(self, signals):
        """Openings and closings that were not received while the premises were on test."""
        if not signals:
            return signals
        tests = self.env["alarm.test.mode"]._coverages(
            {signal.subscriber_id for signal in signals},
            min(signal.received_at for signal in signals),
        )
        return [
            signal
            for signal in signals
            if not any(
                test.covers(Moment(signal.received_at, signal.area_id), "open_close", exempt=False)
                for test in tests.get(signal.subscriber_id, ())
            )
        ]
