import json
from datetime import datetime, timedelta

from .common import MonitoringCase


class ArchiveCase(MonitoringCase):
    """Signals that have lain here for a long time."""

    @classmethod
    def ingest_old(cls, *signals, days=200):
        """Store signals as if this was so many days ago; return their records."""
        then = datetime.utcnow() - timedelta(days=days)
        for signal in signals:
            signal["received_at"] = signal["journaled_at"] = then.isoformat() + "Z"
        cls.ingest(*signals)
        cr = cls.env.cr
        # The only column that is not the bridge's to say.
        cr.execute("ALTER TABLE alarm_signal DISABLE TRIGGER alarm_signal_no_update")
        cr.execute(
            "UPDATE alarm_signal SET stored_at = received_at WHERE uid = ANY(%s)",
            [[signal["uid"] for signal in signals]],
        )
        cr.execute("ALTER TABLE alarm_signal ENABLE TRIGGER alarm_signal_no_update")
        cls.env.invalidate_all()
        return cls.env["alarm.signal"].search(
            [("uid", "in", [signal["uid"] for signal in signals])], order="id"
        )

    @classmethod
    def logged(cls, **values):
        """A periodic test: logged only."""
        return cls.signal(**{"code": "602", "zone": None, "address": None, **values})

    @classmethod
    def close(cls, incident):
        incident = incident.with_user(cls.supervisor)
        incident.action_cancel("not needed")
        return incident

    @classmethod
    def content(cls, table, ids):
        cls.env.cr.execute(
            f"SELECT to_jsonb(signal) FROM {table} signal WHERE id = ANY(%s) ORDER BY id", [ids]
        )
        return [json.dumps(row, sort_keys=True) for [row] in cls.env.cr.fetchall()]
