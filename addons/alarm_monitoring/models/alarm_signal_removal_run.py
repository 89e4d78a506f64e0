import base64
import gzip
import hashlib
import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.incident_states import OPEN_STATES
from ..tools.retention import DEFAULT_LIVE_MONTHS, archive_before, expire_before
from ..tools.signal_tables import ARCHIVE, LIVE, references, signal_columns
from ..tools.transaction import own_transaction

_logger = logging.getLogger(__name__)

# Signals that leave in one transaction.
PORTION = 20_000

# Time and id before all signals.
_START = ("-infinity", 0)

_LINKS = ("alarm_incident_signal", "signal_id")


class AlarmSignalRemoval(models.Model):
    """The two jobs: months go to the archive, years go for good. Each portion is a transaction of
    its own that counts what it took against what it gave; a job that was stopped goes on."""

    _inherit = "alarm.signal.removal"

    # -- to the archive ----------------------------------------------------------------------------

    @api.model
    def _live_months(self):
        """Months that stay in the live table."""
        value = self.env["ir.config_parameter"].sudo().get_param("alarm_monitoring.live_months")
        try:
            return max(int(value or DEFAULT_LIVE_MONTHS), 1)
        except (TypeError, ValueError):
            return DEFAULT_LIVE_MONTHS

    @api.model
    def _archive_due(self):
        """Move whole months to the archive, portion by portion."""
        months = self._live_months()
        before = archive_before(fields.Datetime.now(), months)
        rule = f"live for {months} months: received and stored before {before:%Y-%m-%d} UTC"
        passed = _START
        while passed:
            with own_transaction(self.env):
                moved, passed = self._archive_portion(before, rule, passed)
            if not self._goes_on(moved, bool(passed)):
                break

    @api.model
    def _archive_portion(self, before, rule, passed):
        """Move the next signals behind ``passed`` that nothing refers to.

        What belongs to an incident, or waits for a decision, stays live: its references hold.

        :param passed: time and id up to which all were looked at
        :return: how many were moved, and the new ``passed``; None: that was all
        """
        cr = self.env.cr
        ids, passed = self._next_ids(LIVE, before, passed, self._unreferenced(references(cr)))
        if ids:
            columns = SQL(", ").join(SQL.identifier(name) for name in signal_columns(cr))
            cr.execute(
                SQL(
                    "INSERT INTO alarm_signal_archive (%s)"
                    " SELECT %s FROM alarm_signal WHERE id = ANY(%s)",
                    columns,
                    columns,
                    ids,
                )
            )
            self._check_count("archived", cr.rowcount, len(ids))
            self._take(LIVE, ids, {"kind": "archive", "rule": rule, "received_before": before})
        return len(ids), passed

    # -- for good ----------------------------------------------------------------------------------

    @api.model
    def _expire_due(self):
        """Export and delete, company by company, what is kept no longer."""
        # Companies are few, and really all of them are meant.
        companies = self.env["res.company"].search([])  # pylint: disable=no-search-all
        kept = {company: company.alarm_signal_days for company in companies}
        # What is nobody's is kept as long as the most careful company keeps its own.
        days = list(kept.values())
        kept[self.env["res.company"]] = 0 if 0 in days else max(days)
        for company, days in kept.items():
            before = expire_before(fields.Datetime.now(), days)
            for table in (LIVE, ARCHIVE) if before else ():
                if not self._expire_table(table, company, before, days):
                    return

    @api.model
    def _expire_table(self, table, company, before, days):
        """False when the time for this run is over."""
        rule = f"kept for {days} days: received and stored before {before:%Y-%m-%d} UTC"
        passed = _START
        while passed:
            with own_transaction(self.env):
                gone, passed = self._expire_portion(table, company, before, rule, passed)
            if not self._goes_on(gone, True):
                return False
        return True

    @api.model
    def _expire_portion(self, table, company, before, rule, passed):
        """Export and delete the next signals behind ``passed``.

        :param passed: time and id up to which all were looked at
        :return: how many were deleted, and the new ``passed``; None: that was all
        """
        others = [reference for reference in references(self.env.cr) if reference != _LINKS]
        ids, passed = self._next_ids(
            table,
            before,
            passed,
            SQL("company_id = %s", company.id) if company else SQL("company_id IS NULL"),
            self._unreferenced(others if table == LIVE else []),
            self._unheld(before),
        )
        if not ids:
            return 0, None
        lines, links = self._exported(table, ids)
        self._check_count("exported", len(lines), len(ids))
        file = gzip.compress("".join(f"{line}\n" for line in lines).encode(), 6, mtime=0)
        values = {
            "kind": "expiry",
            "rule": rule,
            "received_before": before,
            "company_id": company.id,
            "links": links,
            "sha256": hashlib.sha256(file).hexdigest(),
            "export_name": f"signals-{company.id or 0}-{min(ids)}-{max(ids)}.jsonl.gz",
            "export": base64.b64encode(file),
        }
        self._take(table, ids, values)
        return len(ids), passed

    @api.model
    def _exported(self, table, ids):
        """The signals as lines of JSON, each with the incidents that it belonged to; and how many
        such links there are. Named by number, not by language: an export is read years later."""
        self.env.cr.execute(
            SQL(
                """
                SELECT (to_jsonb(signal) || jsonb_build_object(
                           'subscriber_ref', subscriber.ref, 'subscriber', subscriber.name,
                           'incidents', coalesce(linked.incidents, '[]'::jsonb)))::text,
                       coalesce(jsonb_array_length(linked.incidents), 0)
                  FROM %s signal
             LEFT JOIN alarm_subscriber subscriber ON subscriber.id = signal.subscriber_id
             LEFT JOIN LATERAL (
                        SELECT jsonb_agg(jsonb_build_object(
                                   'incident', incident.name, 'role', link.role,
                                   'priority', link.priority, 'attached_at', link.attached_at,
                                   'acknowledged_at', link.acknowledged_at,
                                   'acknowledged_by_id', link.acknowledged_by_id)
                                   ORDER BY link.id) AS incidents
                          FROM alarm_incident_signal link
                          JOIN alarm_incident incident ON incident.id = link.incident_id
                         WHERE link.signal_id = signal.id) linked ON TRUE
                 WHERE signal.id = ANY(%s) ORDER BY signal.received_at, signal.id
                """,
                SQL.identifier(table), ids,
            )
        )  # fmt: skip
        rows = self.env.cr.fetchall()
        return [line for line, _links in rows], sum(links for _line, links in rows)

    @api.model
    def _unheld(self, before):
        """Condition that ``signal`` is on no hold, and of no incident but such as were over before
        that time."""
        return SQL(
            """
            NOT EXISTS (SELECT FROM alarm_legal_hold hold
                         WHERE hold.subscriber_id = signal.subscriber_id
                           AND hold.lifted_at IS NULL)
            AND NOT EXISTS (
                SELECT FROM alarm_incident_signal link
                  JOIN alarm_incident incident ON incident.id = link.incident_id
                 WHERE link.signal_id = signal.id
                   AND (incident.state = ANY(%s)
                     OR coalesce(incident.closed_at, incident.queued_at) >= %s
                     OR EXISTS (SELECT FROM alarm_legal_hold hold
                                 WHERE hold.incident_id = incident.id
                                   AND hold.lifted_at IS NULL)))
            """,
            [*OPEN_STATES, "resolved"],
            before,
        )

    # -- both --------------------------------------------------------------------------------------

    @api.model
    def _next_ids(self, table, before, passed, *conditions):
        """Lock the next signals behind ``passed`` that were received and stored before that time
        and meet the conditions.

        :return: their ids, and the new ``passed``; None where there are none
        """
        self.env.cr.execute(
            SQL(
                """
                SELECT id, received_at FROM %s signal
                 WHERE (received_at, id) > (%s, %s) AND received_at < %s AND stored_at < %s
                   AND decision <> 'pending' AND %s
                 ORDER BY received_at, id LIMIT %s FOR UPDATE OF signal SKIP LOCKED
                """,
                SQL.identifier(table),
                *passed,
                before,
                before,
                SQL(" AND ").join(conditions),
                PORTION,
            )
        )
        rows = self.env.cr.fetchall()
        return [signal_id for signal_id, _at in rows], rows[-1][::-1] if rows else None

    @api.model
    def _take(self, table, ids, values):
        """Write the record of the removal, then delete: the only path that the triggers leave."""
        cr = self.env.cr
        cr.execute(
            SQL(
                """
                SELECT min(id), max(id), min(received_at), max(received_at),
                       txid_current()::text, clock_timestamp() AT TIME ZONE 'UTC'
                  FROM %s WHERE id = ANY(%s)
                """,
                SQL.identifier(table),
                ids,
            )
        )
        first_id, last_id, first_at, last_at, transaction_key, at = cr.fetchone()
        self.sudo().create(
            {
                **values,
                "source": table,
                "signals": len(ids),
                "first_id": first_id,
                "last_id": last_id,
                "first_at": first_at,
                "last_at": last_at,
                "at": at,
                "transaction_key": transaction_key,
                "author_id": self.env.uid,
                "author": self.env.user.name,
            }
        )
        self.env.flush_all()
        if links := values.get("links"):
            cr.execute("DELETE FROM alarm_incident_signal WHERE signal_id = ANY(%s)", [ids])
            self._check_count("links deleted", cr.rowcount, links)
        cr.execute(SQL("DELETE FROM %s WHERE id = ANY(%s)", SQL.identifier(table), ids))
        self._check_count("deleted", cr.rowcount, len(ids))
        self.env.invalidate_all()
        _logger.info("%s: %d signals left %s", values["rule"], len(ids), table)

    @api.model
    def _unreferenced(self, tables):
        """Condition that no row of these ``(table, column)`` refers to ``signal``."""
        return SQL(" AND ").join(
            [SQL("TRUE")]
            + [
                SQL(
                    "NOT EXISTS (SELECT FROM %s WHERE %s = signal.id)",
                    SQL.identifier(table),
                    SQL.identifier(column),
                )
                for table, column in tables
            ]
        )

    @api.model
    def _check_count(self, what, found, expected):
        if found != expected:
            raise UserError(
                self.env._(
                    "%(what)s: %(found)s signals instead of %(expected)s; nothing is removed.",
                    what=what,
                    found=found,
                    expected=expected,
                )
            )

    @api.model
    def _goes_on(self, done, more):
        """Tell the scheduler; False when this run has had its time."""
        if not self.env.context.get("ir_cron_progress_id"):
            return True
        return self.env["ir.cron"]._commit_progress(done, remaining=int(more)) > 0 or not more
