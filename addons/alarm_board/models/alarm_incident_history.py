from datetime import timedelta

from odoo import fields, models

from odoo.addons.alarm_subscriber.tools.numbers import number_key

from ..tools.labels import labels
from ..tools.moments import iso_utc
from ..tools.pairing import Heard, pair

SIGNALS_SHOWN = 30
HISTORY_SHOWN = 200
HISTORY_DAYS = 7
HISTORY_DAYS_MAX = 3660

# In these code systems the qualifier says that something is over; in others the code does.
QUALIFIED = ("cid", "bridge")


class AlarmIncident(models.Model):
    """The signals of an incident, and what its premises have sent before."""

    _inherit = "alarm.incident"

    def _prepare_board_detail(self):
        return super()._prepare_board_detail() | {
            "signals": self._prepare_board_signals(),
            "unacknowledged": self.unacknowledged_count,
        }

    def board_history(self, days=HISTORY_DAYS):
        """What the premises have sent in the last days, the archive included; restores are paired
        with what they take back.

        :param days: how far back, at most ten years
        :return: ``{"days": n, "more": whether some were left out, "signals": [as in the detail,
            with "own": belongs to this incident, "restored_at": moment or None, "restores": ids of
            what it takes back]}``, newest first
        :raises AccessError: the user is no dispatcher, or of another company
        """
        self.ensure_one()
        self.check_access("read")
        days = min(max(days, 1), HISTORY_DAYS_MAX) if isinstance(days, int) else HISTORY_DAYS
        if not self.subscriber_id:
            return {"days": days, "more": False, "signals": self._prepare_board_signals()}
        found = self.env["alarm.signal.history"].search(
            [
                ("subscriber_id", "=", self.subscriber_id.id),
                ("received_at", ">=", fields.Datetime.now() - timedelta(days=days)),
            ],
            limit=HISTORY_SHOWN + 1,
        )
        shown = found[:HISTORY_SHOWN]
        # Not all links of the incident: one of a flood has thousands.
        links = self.env["alarm.incident.signal"].search(
            [("incident_id", "=", self.id), ("signal_id", "in", shown.ids)]
        )
        own = set(links.signal_id.ids)
        pairs = pair([_heard(signal) for signal in reversed(shown)])
        at = {signal.id: signal.received_at for signal in shown}
        taken_back = {}
        for alarm_id, restore_id in pairs.items():
            taken_back.setdefault(restore_id, []).append(alarm_id)
        return {
            "days": days,
            "more": len(found) > len(shown),
            "signals": [
                {
                    **_signal(signal),
                    "own": signal.id in own,
                    "restored_at": iso_utc(at.get(pairs.get(signal.id))),
                    "restores": taken_back.get(signal.id, []),
                }
                for signal in shown
            ],
        }

    def _prepare_board_signals(self):
        """The last signals of the incident itself."""
        links = self.env["alarm.incident.signal"].search(
            [("incident_id", "=", self.id), ("role", "!=", "tick")], limit=SIGNALS_SHOWN
        )
        roles = labels(links, "role")
        return [
            {
                **_signal(link.signal_id),
                "role": link.role,
                "role_label": roles[link.role],
                "acknowledged": bool(link.acknowledged_at),
            }
            for link in links
        ]


def _signal(signal):
    return {
        "id": signal.id,
        "at": iso_utc(signal.received_at),
        "words": signal.event_name,
        "class": signal.event_class or "other",
        # What a bridge says itself is words already.
        "code": ""
        if signal.code_system == "bridge"
        else " ".join(filter(None, (signal.code_system, signal.code))),
        "where": signal._board_zone() or signal._board_user() or "",
        "restore": _is_restore(signal),
        "delay": signal.delay,
    }


def _is_restore(signal):
    code = signal.event_code_id
    return code.meaning == "restore" or (
        code.meaning == "alarm"
        and signal.qualifier == "restore"
        and signal.code_system in QUALIFIED
    )


def _heard(signal):
    code = signal.event_code_id
    address = number_key(signal.zone or signal.user or signal.address)
    return Heard(
        signal.id,
        (signal.panel_id.id, address),
        code.id,
        code.event_class or "",
        _is_restore(signal),
        frozenset(code.restores_ids.ids) if code.meaning == "restore" else frozenset(),
    )
