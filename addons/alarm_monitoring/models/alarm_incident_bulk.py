from psycopg2.errors import LockNotAvailable

from odoo import fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..tools.incident_states import TRANSITIONS
from ..tools.locks import ALONE_TIMEOUT, matters_locked
from ..tools.storm import PROTECTED_CLASSES, left_out
from ..tools.transaction import own_transaction

# Each is locked until all are closed; more at a time would make signals wait.
MOST_TOGETHER = 200


class AlarmIncident(models.Model):
    """Closing many incidents of a storm at once, without closing what nobody meant."""

    _inherit = "alarm.incident"

    _queued_at_idx = models.Index("(queued_at)")

    def action_cancel_together(self, reason, with_protected=False):
        """Remove many from the queue at once, for one reason (supervisors only).

        Left out is what somebody holds or is just changing, what is over already, and, unless told
        otherwise, what has to do with fire, hold-up, duress or a medical emergency. A signal that
        arrives meanwhile is seen before the incident is closed, or makes a new incident.

        :param reason: why; required
        :param with_protected: also fire, hold-up, duress, medical
        :return: ``{"closed": number, "left": [{"id", "name", "why": "held", "busy", "over" or
            "protected"}, ...]}``
        """
        self._check_supervisor()
        reason = self._required_text(reason, self.env._("Say why they are closed."))
        if not isinstance(with_protected, bool):
            raise ValidationError(self.env._("Whether protected ones are meant is yes or no."))
        if len(self) > MOST_TOGETHER:
            raise UserError(
                self.env._(
                    "%(count)s incidents cannot be closed at once: at most %(limit)s are.",
                    count=len(self),
                    limit=MOST_TOGETHER,
                )
            )
        names = {incident.id: incident.name for incident in self}
        left = self._cancel_free(reason, with_protected)
        return {
            "closed": len(names) - len(left),
            "left": [
                {"id": id_, "name": names[id_], "why": why} for id_, why in sorted(left.items())
            ],
        }

    def _cancel_free(self, reason, with_protected):
        """Cancel those of these that may be.

        The locks of their matters are taken before anything is read, so that what is read includes
        every signal that was attached; and nothing attaches until it is committed.

        :return: id -> why it was left out
        """
        if not self:
            return {}
        try:
            with matters_locked(self.env, self.mapped("key"), timeout=ALONE_TIMEOUT):
                with own_transaction(self.env):
                    return self._cancel_locked(reason, with_protected)
        except LockNotAvailable:
            if len(self) == 1:
                return {self.id: "busy"}
        # Some signal is being decided for one of them; the others need not wait for it.
        half = len(self) // 2
        return self[:half]._cancel_free(reason, with_protected) | self[half:]._cancel_free(
            reason, with_protected
        )

    def _cancel_locked(self, reason, with_protected):
        free = self.try_lock_for_update(allow_referencing=True)
        self.invalidate_recordset()
        left = {incident.id: "busy" for incident in self - free}
        protected = self.browse() if with_protected else free._protected()
        cancel = TRANSITIONS["cancel"]
        closing = self.browse()
        for incident in free:
            why = left_out(
                incident.state, bool(incident.user_id), incident in protected, cancel.sources
            )
            if why:
                left[incident.id] = why
            else:
                closing += incident
        closing._cancel_all(cancel, reason)
        # In the same transaction: what is closed is never closed without its being written down.
        self.env["alarm.storm"]._note_closed(closing, reason, len(left))
        return left

    def _cancel_all(self, cancel, reason):
        values = {
            "state": cancel.target,
            "closed_at": fields.Datetime.now(),
            "escalated_at": False,
        }
        # Few groups: what waits has seen no action, or one or two.
        for count, incidents in self.grouped("action_count").items():
            incidents._write_private({**values, "action_count": count + 1})
        if self:
            self._log("cancelled_together", reason)
            self._on_incidents_changed()

    def _protected(self):
        """Those of these in which any alarm, not only the most urgent, is of a protected class; or
        of which nobody knows what it is, because the rules failed."""
        self.flush_recordset(["event_class", "passcode_result", "reason_kind"])
        self.env["alarm.incident.signal"].flush_model()
        return self.browse(
            id_
            for [id_] in self.env.execute_query(
                SQL(
                    """
                    SELECT incident.id FROM alarm_incident incident
                     WHERE incident.id = ANY(%(ids)s)
                       AND (incident.event_class = ANY(%(classes)s)
                            OR incident.passcode_result = 'duress'
                            OR incident.reason_kind IN ('undecided', 'duress')
                            OR EXISTS (
                                SELECT FROM alarm_incident_signal link
                                  JOIN alarm_signal signal ON signal.id = link.signal_id
                                  JOIN alarm_event_code code ON code.id = signal.event_code_id
                                 WHERE link.incident_id = incident.id AND link.role = 'alarm'
                                   AND code.event_class = ANY(%(classes)s)))
                    """,
                    ids=self.ids,
                    classes=list(PROTECTED_CLASSES),
                )
            )
        )


class AlarmStorm(models.Model):
    _inherit = "alarm.storm"

    def _note_closed(self, incidents, reason, left):
        """Write into the storms of their companies what was closed; incidents of no company into
        that of the current one."""
        by_company = incidents.grouped(lambda one: one.company_id or self.env.company)
        for storm in self._current(self.env["res.company"].union(*by_company)):
            closed = len(by_company[storm.company_id])
            self.env["alarm.storm.entry"]._log(
                storm.sudo(), "closed_together", f"{reason} ({closed} / {left})", closed
            )
