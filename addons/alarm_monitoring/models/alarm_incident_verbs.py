import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..tools.incident_states import OPEN_STATES, TRANSITIONS
from ..tools.locks import lock_until_commit

MAX_HOLD_MINUTES = 24 * 60

# A colleague's click takes milliseconds; who meets it waits that long rather than fail.
_LOCK_TRIES = 10
_LOCK_PAUSE = 0.05


class AlarmIncident(models.Model):
    """What people do with an incident. Every verb locks it, checks its state and its holder after
    the lock, writes a log entry, and says why when it may not run."""

    _inherit = "alarm.incident"

    def action_take(self):
        """Become the holder of a queued incident, or resume one's own that is held.

        Taking what one holds already changes nothing. Somebody else's is refused with the name of
        its holder.
        """
        self._check_dispatcher()
        for incident in self._locked():
            if incident.user_id and incident.user_id != self.env.user:
                raise UserError(
                    self.env._(
                        "%(incident)s is being handled by %(holder)s since %(since)s.",
                        incident=incident.name,
                        holder=incident.user_id.name,
                        since=fields.Datetime.context_timestamp(self, incident.taken_at).strftime(
                            "%H:%M:%S"
                        ),
                    )
                )
            if incident.user_id == self.env.user and incident.state in ("working", "dispatched"):
                continue
            incident._transition(
                "take",
                user_id=self.env.uid,
                taken_at=incident.taken_at or fields.Datetime.now(),
                held_until=False,
            )
        return True

    def action_release(self):
        """Give it back to the queue, for anybody to take."""
        self._check_dispatcher()
        for incident in self._locked():
            incident._transition("release", user_id=False, held_until=False)
        return True

    def action_hold(self, minutes, reason):
        """Put it aside for a time; then it returns to the queue.

        :param minutes: 1 to 1440
        :param reason: what is waited for; required
        """
        self._check_dispatcher()
        if isinstance(minutes, bool) or not isinstance(minutes, int):
            raise ValidationError(self.env._("How long to hold must be a number of minutes."))
        if not 1 <= minutes <= MAX_HOLD_MINUTES:
            raise UserError(
                self.env._(
                    "%(minutes)s minutes cannot be held: 1 to %(limit)s are allowed.",
                    minutes=minutes,
                    limit=MAX_HOLD_MINUTES,
                )
            )
        reason = self._required_text(reason, self.env._("Say what the incident is held for."))
        until = fields.Datetime.now() + timedelta(minutes=minutes)
        for incident in self._locked():
            incident._transition(
                "hold",
                f"{minutes} min: {reason}",
                held_until=until,
                held_link=incident._newest_link(),
            )
        return True

    def action_note(self, text):
        """Add to the log what was seen, heard or done."""
        self._check_dispatcher()
        text = self._required_text(text, self.env._("A note needs a text."))
        for incident in self._locked():
            incident._transition("note", text)
        return True

    def action_resolve(self, resolution_code, note=""):
        """Say how it ended.

        :param resolution_code: code of an `alarm.resolution`
        :param note: free text, may be empty
        """
        self._check_dispatcher()
        resolution = self.env["alarm.resolution"].search([("code", "=", resolution_code)], limit=1)
        if not resolution:
            known = self.env["alarm.resolution"].search([("active", "=", True)])
            raise UserError(
                self.env._(
                    "There is no resolution “%(code)s”. Known are: %(known)s.",
                    code=resolution_code,
                    known=", ".join(known.mapped("display_name")),
                )
            )
        for incident in self._locked(closing=True):
            incident._transition(
                "resolve",
                ": ".join(filter(None, (resolution.display_name, note))),
                resolution_id=resolution.id,
                resolution_note=note,
                resolved_at=fields.Datetime.now(),
            )
        return True

    def action_close(self):
        """End it for good."""
        self._check_dispatcher()
        for incident in self._locked():
            incident._transition("close", closed_at=fields.Datetime.now())
        return True

    def action_reassign(self, user_id):
        """Give it to another dispatcher (supervisors only); who held it is told."""
        self._check_supervisor()
        user = self.env["res.users"].browse(user_id).exists()
        if not user or not user.has_group("alarm_monitoring.group_dispatcher"):
            raise UserError(self.env._("An incident can be given only to a dispatcher."))
        for incident in self._locked():
            if incident.company_id and incident.company_id not in user.company_ids:
                raise UserError(
                    self.env._(
                        "%(user)s does not work for %(company)s and could not see %(incident)s.",
                        user=user.name,
                        company=incident.company_id.name,
                        incident=incident.name,
                    )
                )
            former = incident.user_id
            incident._transition(
                "reassign",
                " → ".join(filter(None, (former.name, user.name))),
                user_id=user.id,
                taken_at=incident.taken_at or fields.Datetime.now(),
                held_until=False,
            )
            if former and former not in (user, self.env.user):
                incident._tell_former_holder(former, user)
        return True

    def action_take_over(self):
        """Take it from whoever holds it (supervisors only); who held it is told."""
        return self.action_reassign(self.env.uid)

    def action_cancel(self, reason):
        """Remove from the queue without handling (supervisors only), for instance a storm."""
        self._check_supervisor()
        reason = self._required_text(reason, self.env._("Say why they are cancelled."))
        for incident in self._locked(closing=True):
            incident._transition("cancel", reason, closed_at=fields.Datetime.now())
        return True

    def action_shown(self):
        """A board shows these incidents; the first time is kept."""
        self._check_dispatcher()
        self.env.cr.execute(
            """
            UPDATE alarm_incident SET shown_at = now() AT TIME ZONE 'UTC'
             WHERE id IN (SELECT id FROM alarm_incident WHERE id = ANY(%s) AND shown_at IS NULL
                             FOR NO KEY UPDATE SKIP LOCKED)
            """,
            [self.ids],
        )
        self.invalidate_recordset(["shown_at"])
        return True

    def _check_dispatcher(self):
        """Who may act on these incidents: a dispatcher, within the company rules.

        Dispatchers have no right to write incidents, links and entries, so that nothing can be set
        past the verbs; the verbs write as superuser. Therefore they check here what the missing
        right would have checked.
        """
        if not self.env.su and not self.env.user.has_group("alarm_monitoring.group_dispatcher"):
            raise AccessError(self.env._("Only a dispatcher may handle incidents."))
        self.check_access("read")

    def _check_supervisor(self):
        self._check_dispatcher()
        if not self.env.su and not self.env.user.has_group("alarm_monitoring.group_supervisor"):
            raise AccessError(self.env._("Only a supervisor may do this."))

    def _locked(self, closing=False):
        """These incidents, locked and read afresh, in the order of their ids.

        The lock lets others refer to the incident: signals attach while it is held. Who closes
        incidents also keeps their matters locked until that is committed: a signal decided at this
        moment attaches before, or makes a new incident after, but never joins what is closed.
        """
        incidents = self.sorted("id")
        for attempt in range(_LOCK_TRIES):
            if attempt:
                time.sleep(_LOCK_PAUSE)
            if incidents.try_lock_for_update(allow_referencing=True) == incidents:
                incidents.invalidate_recordset()
                if closing:
                    lock_until_commit(self.env.cr, incidents.mapped("key"))
                return incidents
        raise UserError(
            self.env._(
                "Somebody else is acting on %s at this moment. Look again.",
                ", ".join(incidents.mapped("name")),
            )
        )

    def _transition(self, verb, text="", **values):
        """Run a verb on one locked incident: check, write, log, tell."""
        self.ensure_one()
        transition = TRANSITIONS[verb]
        self._check_transition(transition)
        if transition.target:
            values["state"] = transition.target
        self._write_private({**values, "action_count": self.action_count + 1})
        self._log(transition.entry, text)
        self._apply_priorities()._choose_plans()
        self._on_incidents_changed()

    def _check_transition(self, transition):
        labels = dict(self._fields["state"]._description_selection(self.env))
        if self.state not in transition.sources:
            raise UserError(
                self.env._(
                    "%(incident)s is %(state)s; this is possible only while it is: %(sources)s.",
                    incident=self.name,
                    state=labels[self.state],
                    sources=", ".join(
                        label for state, label in labels.items() if state in transition.sources
                    ),
                )
            )
        if transition.holder_only and self.user_id != self.env.user:
            raise UserError(
                self.env._(
                    "%(incident)s is held by %(holder)s; only the holder may do this.",
                    incident=self.name,
                    holder=self.user_id.name,
                )
            )

    def _log(self, kind, text=""):
        # As superuser for the reason given in `_check_dispatcher`; the author stays the user.
        self.env["alarm.incident.entry"]._log(
            [(incident, kind, text, 0) for incident in self.sudo()]
        )

    @api.model
    def _required_text(self, text, message):
        if not isinstance(text, str) or not text.strip():
            raise UserError(message)
        return text.strip()

    def _tell_former_holder(self, former, user):
        self.ensure_one()
        former._bus_send(
            "simple_notification",
            {
                "type": "warning",
                "sticky": True,
                "message": self.with_context(lang=former.lang).env._(
                    "%(incident)s was given to %(user)s.", incident=self.name, user=user.name
                ),
            },
        )

    @api.model
    def _return_held(self):
        """Put back into the queue what has been held long enough, but not what is being changed."""
        domain = [("state", "=", "held"), ("held_until", "<=", fields.Datetime.now())]
        due = self.search(domain)
        due = due.try_lock_for_update(allow_referencing=True)
        # Somebody may have taken it between the search and the lock.
        due.invalidate_recordset()
        due = due.filtered_domain(domain)
        if due:
            due._write_private({"state": "queued", "user_id": False, "held_until": False})
            due._log("returned")
            due._on_incidents_changed()

    @api.model
    def _raise_priorities(self):
        """Do again what a lock prevented: see `_apply_priorities`."""
        raised = self.search([("state", "in", OPEN_STATES)])._apply_priorities()
        if raised:
            raised._choose_plans()
            raised._on_incidents_changed()
