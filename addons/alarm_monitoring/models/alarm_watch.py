import logging
import time
from datetime import timedelta
from functools import partial

from odoo import api, fields, models

from ..tools.due_work import many_transactions
from ..tools.transaction import own_transaction
from ..tools.triage import matter_key
from .alarm_bridge_status import SILENT_AFTER

_logger = logging.getLogger(__name__)

KINDS = [
    ("late_open", "Opening"),
    ("late_close", "Closing"),
    ("left_open", "Closing after an Opening outside the Schedule"),
    ("test_missed", "Test Report"),
    ("trouble_stays", "Restore of a Trouble"),
    ("test_forgotten", "End of a Test Mode"),
]

# Rows in one transaction, and seconds after which what is left waits for the next run.
_AT_ONCE = 1000
_PATIENCE = 5

# What cannot be judged is tried again after this, and does not keep the others waiting.
_RETRY = timedelta(minutes=5)
# What is muted (a test at the premises) is looked at again after this.
_MUTED = timedelta(minutes=10)
# While signals wait in a bridge what is due waits, too, but not longer than this.
_BACKLOG_PATIENCE = timedelta(minutes=5)


class AlarmWatch(models.Model):
    """Something that is expected, and when to look whether it has come. Written by due work alone:
    signals are looked at when it is time, so storing and deciding never touch a row."""

    _name = "alarm.watch"
    _description = "Supervised by the Clock"
    _order = "next_due_at, id"
    _rec_name = "subscriber_id"
    _log_access = False

    kind = fields.Selection(KINDS, string="Expected", required=True, readonly=True)
    key = fields.Char(required=True, readonly=True, help="Which of its kind, e.g. the schedule.")
    subscriber_id = fields.Many2one(
        "alarm.subscriber", readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True, ondelete="restrict")
    panel_id = fields.Many2one(
        "alarm.panel", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    schedule_id = fields.Many2one(
        "alarm.schedule", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    area_id = fields.Many2one(related="schedule_id.area_id")
    detail = fields.Char(readonly=True)
    since = fields.Datetime(readonly=True, help="From when on it counts.")
    deadline_at = fields.Datetime(string="Expected By", readonly=True)
    next_due_at = fields.Datetime(string="Looked at Next", readonly=True)
    missed_at = fields.Datetime(
        string="Missed", readonly=True, help="The time by which it should have come and has not."
    )
    raised_at = fields.Datetime(string="Raised", readonly=True)
    overdue = fields.Boolean(compute="_compute_overdue", search="_search_overdue")

    _kind_key_uniq = models.UniqueIndex("(kind, key)")
    _due_idx = models.Index("(kind, next_due_at) WHERE next_due_at IS NOT NULL")
    _missed_idx = models.Index("(missed_at) WHERE missed_at IS NOT NULL")

    @api.depends("next_due_at")
    def _compute_overdue(self):
        late = self._late_before()
        for watch in self:
            watch.overdue = bool(watch.next_due_at and watch.next_due_at < late)

    def _search_overdue(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        return [("next_due_at", "<", self._late_before())]

    @api.model
    def _late_before(self):
        """Due work comes every ten seconds; three of them may be missed."""
        return fields.Datetime.now() - timedelta(seconds=30)

    @api.model
    def _due_handlers(self):
        """Kind -> method that is called with the due watches, the time, and returns nothing: it
        sets `next_due_at` anew. Modules with kinds of their own add theirs."""
        return {
            "late_open": self._due_schedules,
            "late_close": self._due_schedules,
            "left_open": self._due_left_open,
            "test_missed": self._due_tests,
            "trouble_stays": self._due_troubles,
            "test_forgotten": self._due_test_modes,
        }

    @api.model
    def _due_kinds(self):
        """One job for each kind: what fails of one kind does not keep the others."""
        return [partial(self._run_due, kind) for kind in self._due_handlers()]

    @api.model
    @many_transactions
    def _run_due(self, kind):
        """Look at all that is due of a kind, many in one transaction.

        What fails together is done one by one; what fails alone is put off and does not stop the
        rest.
        """
        until = time.monotonic() + _PATIENCE
        error = None
        while time.monotonic() < until:
            try:
                with own_transaction(self.env):
                    if not self.env["alarm.duty"]._only_one():
                        break
                    done = self._handle(kind, _AT_ONCE)
            except Exception:
                _logger.exception("Due watches of kind %s could not be handled together", kind)
                done, error = self._handle_singly(kind)
            if done < _AT_ONCE:
                break
        if error:
            raise error

    @api.model
    def _handle(self, kind, limit, only=None):
        now = fields.Datetime.now()
        watches = self.browse(self._take_due(kind, now, limit, only))
        if watches:
            muted = self._muted(watches)
            muted.next_due_at = now + _MUTED
            self._due_handlers()[kind](watches - muted, now)
            self.flush_model()
        return len(watches)

    @api.model
    def _handle_singly(self, kind):
        """``(how many, an error among them)``."""
        now, error = fields.Datetime.now(), None
        with own_transaction(self.env):
            ids = self._take_due(kind, now, _AT_ONCE)
        for watch_id in ids:
            try:
                with own_transaction(self.env):
                    self._handle(kind, 1, only=watch_id)
            except Exception as failure:
                _logger.exception("Watch %s of kind %s cannot be handled", watch_id, kind)
                error = failure
                with own_transaction(self.env):
                    self.browse(watch_id).next_due_at = now + _RETRY
                    self.flush_model()
        return len(ids), error

    @api.model
    def _take_due(self, kind, now, limit, only=None):
        """Lock and return the ids of what is due. Not that of premises whose receivers cannot be
        heard: their silence proves nothing. While a bridge has signals to hand over, what is due
        waits for them a while."""
        blind, busy = self._blind_groups(now)
        self.env.cr.execute(
            """
            SELECT watch.id FROM alarm_watch watch
             WHERE watch.kind = %(kind)s AND watch.next_due_at <= %(now)s
               AND (%(only)s IS NULL OR watch.id = %(only)s)
               AND NOT EXISTS (
                   SELECT FROM alarm_panel panel
                    WHERE panel.subscriber_id = watch.subscriber_id AND panel.active
                      AND (watch.panel_id IS NULL OR watch.panel_id = panel.id)
                      AND (panel.receiver_group_id = ANY(%(blind)s)
                           OR (panel.receiver_group_id = ANY(%(busy)s)
                               AND watch.next_due_at > %(patient)s)))
             ORDER BY watch.next_due_at
             LIMIT %(limit)s
               FOR UPDATE OF watch SKIP LOCKED
            """
            if blind or busy
            else """
            SELECT watch.id FROM alarm_watch watch
             WHERE watch.kind = %(kind)s AND watch.next_due_at <= %(now)s
               AND (%(only)s IS NULL OR watch.id = %(only)s)
             ORDER BY watch.next_due_at
             LIMIT %(limit)s
               FOR UPDATE OF watch SKIP LOCKED
            """,
            {
                "kind": kind,
                "now": now,
                "only": only,
                "blind": blind,
                "busy": busy,
                "patient": now - _BACKLOG_PATIENCE,
                "limit": limit,
            },
        )
        self.invalidate_model()
        return [id_ for [id_] in self.env.cr.fetchall()]

    @api.model
    def _blind_groups(self, now):
        """``(groups with a receiver that nobody hears, groups whose signals are still under way)``.
        A receiver of which no bridge ever spoke says nothing, nor does one that is out of service:
        it would keep its group from being supervised for ever."""
        self.env.cr.execute(
            """
            SELECT receiver.receiver_group_id,
                   NOT bool_or(status.state = 'online' AND bridge.last_heartbeat_at >= %s),
                   max(status.backlog) > 0
              FROM alarm_receiver receiver
              JOIN alarm_receiver_status status ON status.receiver_id = receiver.id
              JOIN alarm_bridge_status bridge ON bridge.id = status.bridge_status_id
             WHERE receiver.active
             GROUP BY receiver.id, receiver.receiver_group_id
            """,
            [now - SILENT_AFTER],
        )
        rows = self.env.cr.fetchall()
        return (
            [group_id for group_id, unheard, _waiting in rows if unheard],
            [group_id for group_id, _unheard, waiting in rows if waiting],
        )

    @api.model
    def _muted(self, watches):
        """Those of these watches that raise nothing now; extended by what knows such a reason, as
        that the premises are on test."""
        return watches.browse()

    def _matter_key(self):
        self.ensure_one()
        return matter_key(self.kind, self.key)

    def _prepare_matter(self, reason_detail, **values):
        """Values of the incident that says that this has not come."""
        return {
            "key": self._matter_key(),
            "reason_kind": self.kind,
            "reason_detail": reason_detail,
            "subscriber_id": self.subscriber_id.id,
            "company_id": self.company_id.id,
            "account": self.panel_id.account,
            **values,
        }

    @api.model
    def _put(self, kind, rows):
        """Watch these from now on, or differently from now on, in one statement.

        :param rows: dicts with `key` and `next_due_at`, and any of `subscriber_id`, `company_id`,
            `panel_id`, `schedule_id`, `detail`, `since`, `deadline_at`; all with the same names
        """
        rows = list(rows)
        if not rows:
            return
        allowed = (
            *("key", "subscriber_id", "company_id", "panel_id", "schedule_id"),
            *("detail", "since", "deadline_at", "next_due_at"),
        )
        columns = [name for name in allowed if name in rows[0]]
        changed = ", ".join(f"{name} = excluded.{name}" for name in columns if name != "key")
        self.env.cr.execute_values(
            f"INSERT INTO alarm_watch (kind, {', '.join(columns)}) VALUES %s "
            f"ON CONFLICT (kind, key) DO UPDATE SET {changed}",
            [(kind, *(row[name] or None for name in columns)) for row in rows],
            page_size=len(rows),
        )
        self.invalidate_model()

    @api.model
    def _drop(self, kind, keys):
        """Watch these no longer."""
        keys = list(keys)
        if not keys:
            return
        self.env.cr.execute(
            "DELETE FROM alarm_watch WHERE kind = %s AND key = ANY(%s)", [kind, keys]
        )
        self.invalidate_model()
