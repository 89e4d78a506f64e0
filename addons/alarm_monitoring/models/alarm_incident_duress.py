from psycopg2.errors import UniqueViolation

from odoo import models
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL

from ..tools.incident_states import OPEN_STATES
from ..tools.locks import lock_until_commit


class AlarmIncident(models.Model):
    """Somebody is being forced. However that is heard of, the incident of the premises becomes
    critical and stays marked; where none is open, one is made."""

    _inherit = "alarm.incident"

    def _raise_duress(self, subscriber, contact):
        """A duress word was said for this subscriber.

        As superuser, since whoever checks words need not be a dispatcher; the entries are his.

        :param contact: whose word it is, or none
        """
        text = contact.sudo().display_name or subscriber.display_name
        said_for = self.env.context.get("alarm_incident")
        if isinstance(said_for, AlarmIncident) and said_for.state in OPEN_STATES:
            # It is locked, and the verb that checks the word writes the entry.
            said_for.sudo()._mark_duress()
        elif incident := self.sudo()._incident_of_duress(subscriber):
            words = dict(self._fields["passcode_result"]._description_selection(self.env))
            incident._log("passcode", f"{words['duress']}: {text}")
            incident._mark_duress()
        else:
            self.sudo()._make_duress(subscriber, text)

    def _incident_of_duress(self, subscriber):
        """The open incident that it belongs to, locked: that of the subscriber's alarms, else the
        most urgent one."""
        domain = [("subscriber_id", "=", subscriber.id), ("state", "in", OPEN_STATES)]
        open_ones = self.search(domain)
        incident = open_ones.filtered(lambda one: one.key == f"subscriber:{subscriber.id}")[:1]
        incident = incident or open_ones[:1]
        if incident:
            # Waited for, never refused. Whoever changed it meanwhile makes the server repeat this.
            self.env.execute_query(
                SQL("SELECT FROM alarm_incident WHERE id = %s FOR NO KEY UPDATE", incident.id)
            )
            incident.invalidate_recordset()
        return incident

    def _mark_duress(self):
        self._write_private({**self._duress_values(), "action_count": self.action_count + 1})
        self._follow_duress()
        self._on_incidents_changed()

    def _duress_values(self):
        """What duress makes of an incident: critical, and nowhere put aside."""
        return {"passcode_result": "duress", "priority": "1", **self._brought_back_values()}

    def _follow_duress(self):
        """Whatever else follows, however it was heard of: supervisors know, the plan for hold-ups
        is offered; and what is resolved already is no place to keep it."""
        self._tell_supervisors_of_duress()
        if self.state in OPEN_STATES:
            self._offer_plan_of("panic")
        elif self.subscriber_id:
            self._raise_duress(self.subscriber_id, self.passcode_contact_id)

    def _offer_plan_of(self, event_class):
        """Offer to who is at work the plan that these premises have for another class."""
        best = self._best_plans(
            SQL(
                """
                SELECT incident.id, incident.subscriber_id, incident.company_id,
                       %s::text AS event_class, incident.reason_kind, NULL::int AS zone_id
                  FROM alarm_incident incident WHERE incident.id = ANY(%s)
                """,
                event_class,
                self.ids,
            )
        )
        self._offer_plans(
            [
                (incident.id, best[incident.id][0])
                for incident in self
                if incident.id in best and best[incident.id][0] != incident.plan_id.id
            ]
        )

    def _make_duress(self, subscriber, text):
        key = f"subscriber:{subscriber.id}"
        # From here on no signal makes an incident of it either; one that did so a moment ago is
        # not seen yet, and the server repeats the whole.
        lock_until_commit(self.env.cr, [key])
        try:
            with self.env.cr.savepoint():
                incident = self.create(
                    {
                        "key": key,
                        "subscriber_id": subscriber.id,
                        "company_id": subscriber.company_id.id,
                        "priority": "1",
                        "event_class": "panic",
                        "reason_kind": "duress",
                        "reason_detail": text,
                        "passcode_result": "duress",
                    }
                )
                incident.flush_recordset()
        except UniqueViolation as error:
            raise ConcurrencyError(str(error)) from error
        incident._log("created", text)
        incident._choose_plans()
        incident._tell_supervisors_of_duress()
        incident._on_incidents_changed()

    def _tell_supervisors_of_duress(self):
        for incident in self:
            incident._bus_supervisors(
                lambda told: told.env._(
                    "Duress: %(incident)s, %(subscriber)s",
                    incident=told.name,
                    subscriber=told.subscriber_id.display_name or "",
                )
            )

    def _reason_sentence(self, code):
        if self.reason_kind == "duress":
            return self.env._("A duress word was said: %s", self.reason_detail or "")
        return super()._reason_sentence(code)


class AlarmSubscriber(models.Model):
    _inherit = "alarm.subscriber"

    def _on_duress(self, contact):
        result = super()._on_duress(contact)
        self.env["alarm.incident"]._raise_duress(self, contact)
        return result
