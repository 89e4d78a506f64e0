import logging

from odoo import api, fields, models

from ..tools.due_work import many_transactions
from ..tools.incident_states import OPEN_STATES
from ..tools.locks import ALONE_TIMEOUT
from ..tools.transaction import own_transaction
from ..tools.triage import triage
from .alarm_incident_entry import BARE

_logger = logging.getLogger(__name__)

# After so many failures a bare incident is all that a signal gets.
MAX_ATTEMPTS = 5


class AlarmIncident(models.Model):
    """What happens to signals whose decision failed, or never came because a process died."""

    _inherit = "alarm.incident"

    @api.model
    def _raise_bare(self, pending, error):
        """Put signals on the board without asking the rules, once; leave them to be decided until
        they have failed too often. Uses nothing but what storing has written."""
        with own_transaction(self.env):
            # Somebody who hangs may be making the same incident.
            self.env.cr.execute("SET LOCAL lock_timeout = %s", [ALONE_TIMEOUT])
            pending = self._still_pending(pending)
            if pending:
                self._write_bare(pending, error)

    @api.model
    def _write_bare(self, pending, error):
        cr = self.env.cr
        key = pending[0][2]
        rows = [row_id for row_id, _signal_id, _key in pending]
        signal_ids = [signal_id for _id, signal_id, _key in pending]
        first = self.env["alarm.signal"].browse(signal_ids[0])
        incident = self.search([("key", "=", key), ("state", "in", OPEN_STATES)], limit=1)
        if not incident:
            incident = self.create(self._prepare_bare(key, first, error))
            self.env["alarm.incident.entry"]._log(
                [(incident, "created", incident.reason_detail, 0)], strand=BARE
            )
        self.env["alarm.incident.signal"]._insert_links(
            (incident.id, signal_id, "alarm", "1") for signal_id in signal_ids
        )
        cr.execute(
            """
            UPDATE alarm_signal_pending SET attempts = attempts + 1, error = %s WHERE id = ANY(%s)
            """,
            [str(error)[:500], rows],
        )
        cr.execute(
            """
            DELETE FROM alarm_signal_pending
             WHERE id = ANY(%s) AND attempts >= %s RETURNING signal_id
            """,
            [rows, MAX_ATTEMPTS],
        )
        given_up = [signal_id for [signal_id] in cr.fetchall()]
        cr.execute("UPDATE alarm_signal SET decision = 'undecided' WHERE id = ANY(%s)", [given_up])
        self.env["alarm.signal"].invalidate_model(["decision"])
        incident._on_incidents_changed()

    @api.model
    def _prepare_bare(self, key, signal, error):
        of_subscriber = key.startswith("subscriber:")
        return {
            "key": key,
            "subscriber_id": signal.subscriber_id.id if of_subscriber else False,
            "company_id": signal.company_id.id,
            "receiver_name": signal.receiver_name,
            "account": signal.account,
            "priority": "1",
            "event_class": "other",
            "event_code_id": signal.event_code_id.id,
            "reason_kind": "undecided",
            "reason_detail": f"{type(error).__name__}: {error}"[:200],
        }

    @api.model
    @many_transactions
    def _decide_overdue(self):
        """Decide what a crash or a failure left behind."""
        now = fields.Datetime.now()
        with own_transaction(self.env):
            overdue = self.env["alarm.signal.pending"].search(
                [("since", "<=", fields.Datetime.subtract(now, seconds=2))], limit=1000
            )
            signal_ids = overdue.signal_id.ids
            self._rekey(overdue)
        self._decide(signal_ids)

    @api.model
    def _rekey(self, pending):
        """Let what waits follow its signal to another matter: its panel was registered."""
        book = self.env["alarm.event.code"]._rule_book()
        facts = self._facts_of(pending.signal_id.ids)
        for row in pending:
            if row.key.startswith("integrity:"):
                continue
            try:
                verdict = triage(facts[row.signal_id.id], book)
            except Exception:
                _logger.exception("Signal %s cannot be judged", row.signal_id.id)
                continue
            if verdict.decision == "pending" and verdict.key != row.key:
                row.key = verdict.key
        pending.flush_recordset(["key"])
