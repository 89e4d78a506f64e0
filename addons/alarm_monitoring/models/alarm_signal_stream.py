from datetime import timedelta

from odoo import api, fields, models

from ..tools.ranges import merge, missing

# Batches of one receiver come in order; what is missing for longer does not come by itself.
GAP_LASTS = timedelta(seconds=30)


class AlarmSignalStream(models.Model):
    """What arrived of one receiver since one start of its bridge: without gap up to ``contiguous``.
    Written only by the tick."""

    _name = "alarm.signal.stream"
    _description = "Stream of Signals"
    _rec_name = "receiver_name"
    _log_access = False

    epoch = fields.Char(required=True, readonly=True)
    receiver_name = fields.Char(required=True, readonly=True)
    bridge = fields.Char(required=True, readonly=True)
    contiguous = fields.Float(required=True, readonly=True, digits=(18, 0))
    reported = fields.Float(
        required=True,
        readonly=True,
        digits=(18, 0),
        help="Missing signals that an incident has been made for.",
    )
    last_at = fields.Datetime(required=True, readonly=True)

    _epoch_receiver_uniq = models.UniqueIndex("(epoch, receiver_name)")

    @api.model
    def _fold(self):
        """Merge what arrived since the last tick; return the streams with a gap that lasts.

        :return: list of ``(stream id, bridge, receiver name, number of missing signals)`` of which
            not all have been reported yet
        """
        cr = self.env.cr
        cr.execute(
            """
            SELECT range.epoch, range.receiver_name, min(range.bridge), min(range.since),
                   max(range.since), array_agg(ARRAY[range.first, range.last]::bigint[]),
                   min(stream.contiguous)::bigint, array_agg(range.id)
              FROM alarm_signal_range range
         LEFT JOIN alarm_signal_stream stream
                ON (stream.epoch, stream.receiver_name) = (range.epoch, range.receiver_name)
             GROUP BY range.epoch, range.receiver_name
            """
        )
        lasting = []
        for epoch, receiver, bridge, since, until, ranges, contiguous, range_ids in cr.fetchall():
            head = [(1, contiguous)] if contiguous else []
            ranges = merge([*head, *map(tuple, ranges)])
            contiguous = ranges[0][1] if ranges[0][0] == 1 else 0
            absent = missing(ranges)
            stream = self._advance(epoch, receiver, bridge, contiguous, absent, until)
            beyond = ranges[1:] if contiguous else ranges
            self._keep_beyond(range_ids, beyond, epoch, receiver, bridge, since)
            if absent > stream["reported"] and since <= fields.Datetime.now() - GAP_LASTS:
                cr.execute(
                    "UPDATE alarm_signal_stream SET reported = %s WHERE id = %s",
                    [absent, stream["id"]],
                )
                lasting.append((stream["id"], bridge, receiver, absent))
        lasting += self._absent_at_the_end()
        self.invalidate_model()
        return lasting

    @api.model
    def _absent_at_the_end(self):
        """Signals of which nothing that came later tells: a bridge has been saying for a while that
        all up to a number were handed over, and they are not here.

        :return: as `_fold`
        """
        cr = self.env.cr
        cr.execute(
            """
            INSERT INTO alarm_signal_stream AS known
                        (epoch, receiver_name, bridge, contiguous, reported, last_at)
            SELECT status.epoch, receiver.name, bridge.name, 0,
                   status.last_seq - coalesce(stream.contiguous, 0) - coalesce(beyond.arrived, 0),
                   status.claimed_at
              FROM alarm_receiver_status status
              JOIN alarm_receiver receiver ON receiver.id = status.receiver_id
              JOIN alarm_bridge_status bridge ON bridge.id = status.bridge_status_id
         LEFT JOIN alarm_signal_stream stream
                ON (stream.epoch, stream.receiver_name) = (status.epoch, receiver.name)
         LEFT JOIN LATERAL (
                   SELECT sum(range.last - range.first + 1) AS arrived, max(range.last) AS highest
                     FROM alarm_signal_range range
                    WHERE (range.epoch, range.receiver_name) = (status.epoch, receiver.name)
                   ) beyond ON true
             WHERE status.epoch <> '' AND status.claimed_at <= %s
               AND status.last_seq > greatest(
                        coalesce(stream.contiguous, 0), coalesce(beyond.highest, 0))
               AND status.last_seq - coalesce(stream.contiguous, 0) - coalesce(beyond.arrived, 0)
                    > coalesce(stream.reported, 0)
            ON CONFLICT (epoch, receiver_name) DO UPDATE SET reported = excluded.reported
              RETURNING id, bridge, receiver_name, reported::bigint
            """,
            [fields.Datetime.now() - GAP_LASTS],
        )
        return cr.fetchall()

    @api.model
    def _advance(self, epoch, receiver, bridge, contiguous, absent, last_at):
        self.env.cr.execute(
            """
            INSERT INTO alarm_signal_stream AS known
                        (epoch, receiver_name, bridge, contiguous, reported, last_at)
                 VALUES (%s, %s, %s, %s, 0, %s)
            ON CONFLICT (epoch, receiver_name) DO UPDATE
                    SET contiguous = excluded.contiguous,
                        reported = least(known.reported, %s),
                        last_at = greatest(known.last_at, excluded.last_at)
              RETURNING id, reported
            """,
            [epoch, receiver, bridge, contiguous, last_at, absent],
        )
        return self.env.cr.dictfetchone()

    @api.model
    def _keep_beyond(self, range_ids, beyond, epoch, receiver, bridge, since):
        """Replace the folded ranges by what lies beyond the gap, as old as its oldest part."""
        cr = self.env.cr
        cr.execute("DELETE FROM alarm_signal_range WHERE id = ANY(%s)", [range_ids])
        if beyond:
            cr.execute_values(
                """
                INSERT INTO alarm_signal_range (epoch, receiver_name, bridge, first, last, since)
                VALUES %s
                """,
                [(epoch, receiver, bridge, first, last, since) for first, last in beyond],
            )

    @api.autovacuum
    def _gc_streams(self):
        """Forget complete streams of bridge starts that are long over."""
        self.env.cr.execute(
            """
            DELETE FROM alarm_signal_stream stream
             WHERE last_at < (now() AT TIME ZONE 'UTC') - interval '90 days'
               AND NOT EXISTS (
                    SELECT FROM alarm_signal_range range
                     WHERE (range.epoch, range.receiver_name)
                         = (stream.epoch, stream.receiver_name))
            """
        )
