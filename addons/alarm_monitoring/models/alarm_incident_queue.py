from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.incident_states import TRANSITIONS
from .alarm_event_code import PRIORITIES
from .alarm_incident_verbs import MAX_HOLD_MINUTES

SAME_DISPATCHER = "alarm_monitoring.same_dispatcher_minutes"
SAME_DISPATCHER_MINUTES = 15

# For so long after it came an incident waits for the dispatcher who knows its subscriber before
# anybody's "next" may be it.
RESERVED_SECONDS = 30


class AlarmIncident(models.Model):
    """The queue: who is to take what, what comes back with which priority, what waits too long."""

    _inherit = "alarm.incident"

    preferred_user_id = fields.Many2one(
        "res.users",
        string="Kept For",
        readonly=True,
        ondelete="set null",
        help="Handled the last incident of this subscriber a short time ago.",
    )
    return_priority = fields.Selection(
        PRIORITIES, readonly=True, help="The priority with which it comes back from hold."
    )
    held_link = fields.Integer(
        readonly=True, help="Id of the newest signal's link when it was put aside."
    )
    returned_at = fields.Datetime(
        readonly=True, help="When it came back to the queue, after which it waits anew."
    )
    escalated_at = fields.Datetime(
        readonly=True, help="When it had waited so long that the supervisors were called."
    )
    due_at = fields.Datetime(compute="_compute_due", help="To be taken by then.")
    is_overdue = fields.Boolean(
        "Overdue", compute="_compute_due", help="Waits longer than the target of its class."
    )

    _waiting_idx = models.Index(
        "(queued_at) WHERE state IN ('queued', 'working', 'dispatched') AND escalated_at IS NULL"
    )
    _subscriber_past_idx = models.Index(
        "(subscriber_id, resolved_at) WHERE resolved_at IS NOT NULL"
    )

    @api.depends("state", "queued_at", "event_class", "company_id")
    def _compute_due(self):
        targets = self._targets()
        now = fields.Datetime.now()
        for incident in self:
            target = targets.get((incident.event_class, incident.company_id.id)) or targets.get(
                (incident.event_class, False)
            )
            incident.due_at = (
                incident.queued_at + timedelta(seconds=target.pickup_seconds)
                if target and incident.queued_at
                else False
            )
            incident.is_overdue = bool(
                incident.state == "queued" and incident.due_at and incident.due_at < now
            )

    def _targets(self):
        """``(class, company id or False)`` -> target."""
        return {
            (target.event_class, target.company_id.id): target
            for target in self.env["alarm.event.target"].search([])
        }

    # -- same subscriber, same dispatcher ----------------------------------------------------------

    @api.model
    def _prepare_incidents(self, matters):
        """New incidents know when their first signal came, and who resolved the last incident of
        the subscriber a short time ago."""
        vals_list = super()._prepare_incidents(matters)
        if not vals_list:
            return vals_list
        minutes = int(
            self.env["ir.config_parameter"]
            .sudo()
            .get_param(SAME_DISPATCHER, SAME_DISPATCHER_MINUTES)
        )
        self.flush_model(["subscriber_id", "resolved_at", "user_id"])
        self.env.cr.execute(
            """
            SELECT signal.id, signal.received_at, signal.journaled_at, former.user_id
              FROM unnest(%s::int[], %s::int[]) AS matter (id, subscriber_id)
              JOIN alarm_signal signal ON signal.id = matter.id
         LEFT JOIN LATERAL (
                SELECT past.user_id FROM alarm_incident past
                  JOIN res_users "user" ON "user".id = past.user_id AND "user".active
                 WHERE past.subscriber_id = matter.subscriber_id
                   AND past.resolved_at >= (now() AT TIME ZONE 'UTC') - make_interval(mins => %s)
                 ORDER BY past.resolved_at DESC LIMIT 1
              ) former ON true
            """,
            [
                [matter.first.facts.signal_id for matter in matters],
                [vals["subscriber_id"] or None for vals in vals_list],
                minutes,
            ],
        )
        known = {row.pop("id"): row for row in self.env.cr.dictfetchall()}
        for matter, vals in zip(matters, vals_list, strict=True):
            row = known.get(matter.first.facts.signal_id, {})
            vals.update(
                received_at=row.get("received_at"),
                journaled_at=row.get("journaled_at"),
                preferred_user_id=row.get("user_id"),
            )
        return vals_list

    def _after_made(self, raised):
        result = super()._after_made(raised)
        self.filtered("preferred_user_id")._tell_who_knows()
        return result

    def _tell_who_knows(self):
        """Tell the dispatchers for whom these incidents are kept."""
        self.env["alarm.incident.entry"]._log(
            [(incident, "reserved", incident.preferred_user_id.name, 0) for incident in self]
        )
        for user, theirs in self.grouped("preferred_user_id").items():
            user._bus_send(
                "simple_notification",
                {
                    "type": "info",
                    "message": self.with_context(lang=user.lang).env._(
                        "A new incident of a subscriber that you just handled: %s",
                        ", ".join(theirs.mapped("name")),
                    ),
                },
            )

    @api.model
    def action_take_next(self):
        """Take the most urgent incident of the queue, the oldest of those: what is kept for oneself
        first, what is kept for somebody else only when it has waited a moment.

        :return: its id, or False when the queue is empty
        """
        self._check_dispatcher()
        reserved_until = fields.Datetime.now() - timedelta(seconds=RESERVED_SECONDS)
        queue = [("state", "=", "queued")]
        for domain in (
            [*queue, ("preferred_user_id", "=", self.env.uid)],
            [
                *queue,
                "|",
                "|",
                ("preferred_user_id", "=", False),
                ("preferred_user_id", "=", self.env.uid),
                ("queued_at", "<=", reserved_until),
            ],
        ):
            # As many as there may be colleagues who reach for the same one at this moment.
            for incident in self.search(domain, limit=20):
                if not incident.try_lock_for_update(allow_referencing=True):
                    continue
                incident.invalidate_recordset()
                if incident.state == "queued":
                    incident.action_take()
                    return incident.id
        return False

    # -- hold --------------------------------------------------------------------------------------

    def action_hold(self, minutes, reason, priority=False):
        """Put it aside for a time; then it returns to the queue.

        :param minutes: 1 to what the groups of the user allow
        :param reason: what is waited for; required
        :param priority: with which it comes back, where that is more urgent than now
        """
        self._check_dispatcher()
        limit = self._hold_limit()
        if isinstance(minutes, int) and minutes > limit:
            raise UserError(
                self.env._(
                    "%(minutes)s minutes cannot be held: you may hold for 1 to %(limit)s.",
                    minutes=minutes,
                    limit=limit,
                )
            )
        if priority and str(priority) not in dict(PRIORITIES):
            raise ValidationError(self.env._("%s is no priority: 1 to 5 are.", priority))
        result = super().action_hold(minutes, reason)
        self._write_private({"return_priority": str(priority) if priority else False})
        return result

    @api.model
    def _hold_limit(self):
        """Minutes: the most that a group of the user allows; a day where none says anything."""
        groups = self.env.user.sudo().all_group_ids
        return max(groups.mapped("alarm_hold_minutes"), default=0) or MAX_HOLD_MINUTES

    @api.model
    def _return_held(self):
        """Let what comes back be as urgent as whoever put it aside asked for."""
        self._wake_held()
        now = fields.Datetime.now()
        domain = [("state", "=", "held"), ("held_until", "<=", now)]
        due = self.search(domain).try_lock_for_update(allow_referencing=True)
        due.invalidate_recordset()
        for incident in due.filtered_domain(domain):
            priority = min(incident.priority, incident.return_priority or incident.priority)
            incident._write_private(
                {"priority": priority, "return_priority": False, "returned_at": now}
            )
        return super()._return_held()

    def _newest_link(self):
        return (
            self.env["alarm.incident.signal"]
            .search([("incident_id", "=", self.id)], order="id desc", limit=1)
            .id
        )

    @api.model
    def _wake_held(self):
        """End the hold of what has had another alarm since: it was put aside without that. What
        somebody is changing is left for the next time."""
        self.flush_model(["state", "held_until", "held_link"])
        self.env.cr.execute(
            """
            UPDATE alarm_incident SET held_until = date_trunc('second', now() AT TIME ZONE 'UTC')
             WHERE id IN (
                   SELECT held.id FROM alarm_incident held
                    WHERE held.state = 'held' AND held.held_until > now() AT TIME ZONE 'UTC'
                      AND EXISTS (SELECT FROM alarm_incident_signal link
                                   WHERE link.incident_id = held.id AND link.role = 'alarm'
                                     AND link.id > held.held_link)
                      FOR NO KEY UPDATE SKIP LOCKED)
         RETURNING id
            """
        )
        woken = self.browse(id_ for [id_] in self.env.cr.fetchall())
        woken.invalidate_recordset(["held_until"])

    def _brought_back_values(self):
        """What becomes of what was put aside when somebody is heard who does not wait: it waits no
        longer for a restore, and its hold ends. Who holds it and hears it himself knows."""
        now = fields.Datetime.now()
        if self.state == "delayed":
            return {"state": "queued", "queued_at": now}
        if self.state == "held" and self.user_id != self.env.user:
            # The tick brings it back to the queue.
            return {"held_until": now}
        return {}

    # -- waiting too long --------------------------------------------------------------------------

    @api.model
    def _escalate_waiting(self):
        """Call the supervisors to what waits too long in the queue, and to what is in hand but
        nothing is done about; each incident once, until somebody acts."""
        self.flush_model()
        self.env["alarm.event.target"].flush_model()
        self.env.cr.execute(
            """
            WITH late AS (
                SELECT incident.id FROM alarm_incident incident
                  JOIN LATERAL (
                        SELECT target.* FROM alarm_event_target target
                         WHERE target.event_class = incident.event_class
                           AND (target.company_id IS NULL
                                OR target.company_id = incident.company_id)
                         ORDER BY target.company_id NULLS LAST LIMIT 1
                       ) target ON true
                 WHERE incident.escalated_at IS NULL
                   AND incident.state IN ('queued', 'working', 'dispatched')
                   AND CASE WHEN incident.state = 'queued'
                            THEN greatest(incident.queued_at, incident.returned_at)
                                 + make_interval(secs => target.escalate_seconds)
                            ELSE incident.write_date
                                 + make_interval(mins => target.idle_minutes) END
                       <= now() AT TIME ZONE 'UTC'
                   FOR NO KEY UPDATE OF incident SKIP LOCKED
            )
            UPDATE alarm_incident incident SET escalated_at = now() AT TIME ZONE 'UTC'
              FROM late WHERE incident.id = late.id
         RETURNING incident.id
            """
        )
        late = self.browse(id_ for [id_] in self.env.cr.fetchall())
        if not late:
            return
        late.invalidate_recordset(["escalated_at"])
        late._log("escalated")
        late._tell_supervisors()
        late._on_incidents_changed()

    def _tell_supervisors(self):
        for incidents in self.grouped("company_id").values():
            incidents._bus_supervisors(
                lambda told: told.env._("Waiting too long: %s", ", ".join(told[:20].mapped("name")))
            )

    def _bus_supervisors(self, words):
        """Tell the supervisors of the company of these incidents, until they have read it.

        :param words: called with the incidents in the language of each reader
        """
        supervisors = self.env.ref("alarm_monitoring.group_supervisor").sudo().all_user_ids
        for user in supervisors:
            if user.active and (not self.company_id or self.company_id in user.company_ids):
                message = words(self.with_context(lang=user.lang))
                user._bus_send(
                    "simple_notification", {"type": "danger", "sticky": True, "message": message}
                )

    def _transition(self, verb, text="", **values):
        """Whoever acts ends the escalation; the next wait is escalated anew."""
        target = TRANSITIONS[verb].target
        if self.escalated_at and (target or self.state != "queued"):
            values.setdefault("escalated_at", False)
        if target == "queued":
            values["returned_at"] = fields.Datetime.now()
        return super()._transition(verb, text, **values)


class AlarmDuty(models.Model):
    _inherit = "alarm.duty"

    @api.model
    def _due_jobs(self):
        return [*super()._due_jobs(), self.env["alarm.incident"]._escalate_waiting]


class ResGroups(models.Model):
    _inherit = "res.groups"

    alarm_hold_minutes = fields.Integer(
        "Incidents Held for at Most (min)",
        help="How long members of this group may put an incident aside. The most that one of a "
        "user's groups allows counts.",
    )
