from datetime import timedelta

from odoo import api, fields, models

from ..tools import signal_tables

# The archive takes whole months, so nothing younger can be in it.
_NEVER_ARCHIVED = timedelta(days=28)


class AlarmSignal(models.Model):
    _inherit = "alarm.signal"

    def init(self):
        # Other tables are needed, too: after all of them are there.
        self.pool.post_init(signal_tables.prepare, self.env.cr)
        return super().init()

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """No field to group by in the search: that would count millions of rows. Numbers are kept
        by day."""
        fields_info = super().fields_get(allfields, attributes)
        for info in fields_info.values():
            if "groupable" in info:
                info["groupable"] = False
        return fields_info

    @api.model
    def _add_archived_digests(self, known, signals):
        """Add to ``known`` (uid -> {digest: id or 0}) what is in the archive already: a bridge's
        restored journal may send months again. Asked only about what is old enough.

        :param known: as `_known_digests` returns it; an archived signal waits for nothing: 0
        """
        youngest = fields.Datetime.now() - _NEVER_ARCHIVED
        uids = [signal.uid for signal in signals if signal.received_at < youngest]
        if uids:
            self.env.cr.execute(
                "SELECT uid, digest FROM alarm_signal_archive WHERE uid = ANY(%s)", [uids]
            )
            for uid, digest in self.env.cr.fetchall():
                known.setdefault(uid, {}).setdefault(digest, 0)


class AlarmSignalArchive(models.Model):
    """Signals of past months, with the ids and columns that they had in the live table. Nothing in
    it ever changes: an account registered today was perhaps another's months ago. Reached through
    the history, which shows both."""

    _name = "alarm.signal.archive"
    _inherit = "alarm.signal"
    _description = "Archived Alarm Signal"
    # The table is made like the live one, without foreign keys: see tools/signal_tables.py.
    _auto = False
    _log_access = False

    def init(self):
        """Nothing: the live table's model makes this one, too."""
