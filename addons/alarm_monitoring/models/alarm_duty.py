import logging
import time
from datetime import timedelta

from odoo import api, fields, models

from ..tools.due_work import has_many_transactions, job_name
from ..tools.locks import NAMESPACE
from ..tools.transaction import own_transaction
from ..tools.triage import matter_key

_logger = logging.getLogger(__name__)

# Number of the advisory lock that lets one process at a time do the due work.
_DUTY = 1


class AlarmDuty(models.Model):
    """Work that falls due by the clock. Every heartbeat of a bridge drives it, and a cron when none
    comes. One row: when it was done last."""

    _name = "alarm.duty"
    _description = "Alarm Monitoring Duty"
    _log_access = False

    last_run_at = fields.Datetime(readonly=True)

    @api.model
    def _run_due(self):
        """Do all that is due, each job on its own: what fails is logged and kept for supervisors,
        the others are done."""
        for job in self._due_jobs():
            name = job_name(job)
            began = time.monotonic()
            try:
                if has_many_transactions(job):
                    job()
                    with own_transaction(self.env):
                        self.env["alarm.duty.job"]._done(name, time.monotonic() - began)
                    continue
                with own_transaction(self.env):
                    if self._only_one():
                        job()
                        self.env["alarm.duty.job"]._done(name, time.monotonic() - began)
            except Exception as error:
                _logger.exception("Due work failed: %s", name)
                self._note_failure(name, error)

    @api.model
    def _note_failure(self, name, error):
        try:
            with own_transaction(self.env):
                self.env["alarm.duty.job"]._failed(name, error)
        except Exception:
            _logger.exception("The failure of %s could not be kept", name)

    @api.model
    def _due_jobs(self):
        """The jobs, in order; each is one transaction, unless it begins its own and says so
        (`many_transactions`). Modules add theirs, with a label in ``alarm.duty.job``."""
        return [
            self._watch_bridges,
            self._watch_gaps,
            self.env["alarm.incident"]._return_held,
            self.env["alarm.incident"]._raise_priorities,
            self.env["alarm.incident"]._queue_delayed,
            self.env["alarm.test.mode"]._log_ends,
            self.env["alarm.flood"]._forget,
            self.env["alarm.incident"]._decide_overdue,
            self.env["alarm.signal.follow"]._follow,
            self.env["alarm.watch"]._plan_requested,
            self.env["alarm.watch"]._plan_test_modes,
            *self.env["alarm.watch"]._due_kinds(),
        ]

    @api.model
    def _only_one(self):
        """False when another process is doing the due work: then it is being done."""
        self.env.cr.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [NAMESPACE + 1, _DUTY])
        return self.env.cr.fetchone()[0]

    @api.model
    def _watch_bridges(self):
        """Raise bridges that have fallen silent, note those that are back.

        After a time when nobody looked (this server was down) silence proves nothing: bridges get
        the time of three heartbeats to be heard.
        """
        now = fields.Datetime.now()
        duty = self.env.ref("alarm_monitoring.duty")
        looked = duty.last_run_at
        duty.last_run_at = now
        if not looked or now - looked > timedelta(seconds=90):
            return
        for bridge in self.env["alarm.bridge.status"].search([("last_heartbeat_at", "!=", False)]):
            if bridge.silent == bridge.heard:
                bridge.silent = not bridge.heard
                self._raise_bridge(bridge)

    @api.model
    def _raise_bridge(self, bridge):
        incidents = self.env["alarm.incident"]
        key = f"bridge:{bridge.name}"
        heard = fields.Datetime.to_string(bridge.last_heartbeat_at)
        receivers = (
            self.env["alarm.receiver.status"]
            .search([("bridge_status_id", "=", bridge.id)])
            .receiver_id
        )
        if bridge.silent:
            detail = f"{bridge.name}, {heard} UTC"
            # Another bridge that has taken over all its lines leaves time to mend it.
            covered = receivers and all(receiver.state == "online" for receiver in receivers)
            incident, new = incidents._raise_matter(
                key, "bridge_silent", detail, priority="2" if covered else "1"
            )
            if not new:
                incident._log("note", detail)
        else:
            incidents._note_restored(key, bridge.name)
        receivers._on_receivers_changed()

    @api.model
    def _watch_gaps(self):
        """Raise signals that are missing for too long."""
        for _id, bridge, receiver, absent in self.env["alarm.signal.stream"]._fold():
            incident, new = self.env["alarm.incident"]._raise_matter(
                matter_key("missing", bridge, receiver),
                "missing",
                f"{receiver}: {absent}",
                priority="2",
                vals={"receiver_name": receiver},
            )
            if not new:
                incident._log("note", f"{receiver}: {absent}")
                incident._on_incidents_changed()
