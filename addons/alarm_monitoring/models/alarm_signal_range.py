from odoo import api, fields, models

from ..tools.batch import stream_of
from ..tools.ranges import ranges_of


class AlarmSignalRange(models.Model):
    """Sequence numbers that arrived together. Only inserted while storing, so that two senders
    never meet; folded into the stream by the next tick."""

    _name = "alarm.signal.range"
    _description = "Arrived Range of Signals"
    _rec_name = "receiver_name"
    _log_access = False

    epoch = fields.Char(required=True, readonly=True)
    receiver_name = fields.Char(required=True, readonly=True)
    bridge = fields.Char(required=True, readonly=True)
    # Text-sized numbers: the contract sets no limit to a sequence, the ORM's integer has one.
    first = fields.Float(required=True, readonly=True, digits=(18, 0))
    last = fields.Float(required=True, readonly=True, digits=(18, 0))
    since = fields.Datetime(required=True, readonly=True)

    @api.model
    def _add(self, bridge, uids):
        """Note that these uids arrived, stored or rejected."""
        streams = {}
        for uid in uids:
            if split := stream_of(uid):
                stream, seq = split
                streams.setdefault(stream, []).append(seq)
        if streams:
            self.env.cr.execute_values(
                """
                INSERT INTO alarm_signal_range (epoch, receiver_name, bridge, first, last, since)
                VALUES %s
                """,
                [
                    (epoch, receiver, bridge, first, last)
                    for (epoch, receiver), numbers in streams.items()
                    for first, last in ranges_of(numbers)
                ],
                template="(%s, %s, %s, %s, %s, clock_timestamp() AT TIME ZONE 'UTC')",
                page_size=1000,
            )
