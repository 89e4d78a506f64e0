from dataclasses import dataclass
from datetime import datetime

from odoo import api, fields, models

from odoo.addons.alarm_subscriber.tools.numbers import number_key

from ..tools.injection import PREFIX

# Signals looked at in one run; the rest is for the next.
_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Followed:
    """A stored signal as supervision sees it; ids are 0 where nothing was found."""

    id: int
    subscriber_id: int
    active: bool
    panel_id: int
    area_id: int
    address: str
    received_at: datetime
    by: str
    action: str  # "open", "close" or ""
    code_id: int
    event_class: str
    restores: bool
    tz: str
    trouble: str  # system, code, account and address


class AlarmSignalFollow(models.Model):
    """How far due work has looked at the signals that supervision asks about.

    Numbers of signals are given before they are committed: a lower one may appear after a higher.
    So each run looks from the last number below which nothing can appear any more, and knows what
    it has seen above it. Storing knows nothing of all this and pays nothing for it.
    """

    _name = "alarm.signal.follow"
    _description = "Signals Seen by Supervision"
    _log_access = False

    done_id = fields.Float(digits=(18, 0), readonly=True)
    mark_id = fields.Float(digits=(18, 0), readonly=True)
    mark_xid = fields.Char(readonly=True)
    seen = fields.Json(readonly=True)

    @api.model
    def _follow(self):
        """Look at what has arrived since the last run, each signal once."""
        cursor = self.env.ref("alarm_monitoring.signal_follow")
        cr = self.env.cr
        cr.execute(
            """
            SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
                   pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
                   coalesce((SELECT max(id) FROM alarm_signal), 0)
            """
        )
        oldest, next_xid, newest = cr.fetchone()
        if not cursor.mark_xid:
            # From now on: what came before supervision began raises nothing.
            cursor.write({"done_id": newest, "mark_id": newest, "mark_xid": str(next_xid)})
            return
        seen = list(cursor.seen or ())
        signals = self._read(int(cursor.done_id), seen)
        self._on_signals(signals)
        if len(signals) == _AT_ONCE:
            newest = signals[-1].id
        seen += [signal.id for signal in signals]
        values = {}
        if oldest >= int(cursor.mark_xid):
            done_id = int(cursor.mark_id)
            values = {"done_id": done_id, "mark_id": newest, "mark_xid": str(next_xid)}
            seen = [signal_id for signal_id in seen if signal_id > done_id]
        if values or signals:
            cursor.write({**values, "seen": seen})

    @api.model
    def _on_signals(self, signals):
        """What supervision learns from signals. Modules that watch more extend it."""
        turns = [signal for signal in signals if signal.action]
        self.env["alarm.arming"]._keep(turns)
        self.env["alarm.watch"]._on_turns(turns)
        self.env["alarm.watch"]._on_tests(
            [signal for signal in signals if signal.event_class == "test"]
        )
        self.env["alarm.watch"]._on_troubles(
            [signal for signal in signals if signal.event_class in self._trouble_classes()]
        )

    @api.model
    def _trouble_classes(self):
        return ("trouble", "supervisory")

    @api.model
    def _read(self, after, seen):
        self.env.cr.execute(
            """
            SELECT signal.id, signal.subscriber_id, subscriber.state = 'active',
                   coalesce(signal.panel_id, 0), coalesce(signal.area_id, 0),
                   coalesce(nullif(signal.zone, ''), nullif(signal."user", ''), signal.address),
                   signal.received_at,
                   coalesce(panel_user.name, signal."user", signal.address, ''),
                   CASE code.arming
                        WHEN 'opens' THEN 'open'
                        WHEN 'closes' THEN 'close'
                        WHEN 'qualifier' THEN CASE signal.qualifier WHEN 'new' THEN 'open'
                                                                    WHEN 'restore' THEN 'close'
                                                                    ELSE '' END
                        ELSE '' END,
                   code.id, code.event_class,
                   code.meaning = 'restore'
                   OR (code.meaning = 'alarm' AND signal.qualifier = 'restore'
                       AND signal.code_system IN ('cid', 'bridge')),
                   subscriber.tz, concat_ws(' ', code.code_system, code.code, signal.account)
              FROM alarm_signal signal
              JOIN alarm_event_code code ON code.id = signal.event_code_id
              JOIN alarm_subscriber subscriber ON subscriber.id = signal.subscriber_id
         LEFT JOIN alarm_panel_user panel_user ON panel_user.id = signal.panel_user_id
             WHERE signal.id > %s AND signal.id <> ALL(%s)
               AND NOT starts_with(signal.uid, %s)
               AND (code.arming IS NOT NULL OR code.event_class = 'test'
                    OR code.event_class = ANY(%s))
             ORDER BY signal.id
             LIMIT %s
            """,
            [after, list(seen), PREFIX, list(self._trouble_classes()), _AT_ONCE],
        )
        signals = []
        for row in self.env.cr.fetchall():
            *head, address, received_at, by, action, code_id, event_class, restores, tz, named = row
            address = number_key(address)
            signals.append(
                Followed(
                    *head,
                    address=address,
                    received_at=received_at,
                    by=by,
                    action=action,
                    code_id=code_id,
                    event_class=event_class,
                    restores=restores,
                    tz=tz,
                    trouble=f"{named} {address}".strip(),
                )
            )
        return signals
