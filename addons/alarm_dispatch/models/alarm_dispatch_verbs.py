import time

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.dispatch_states import ANSWERABLE_STATES, OPEN_STATES, TRANSITIONS, state_of_answers

# A colleague's tap takes milliseconds; who meets it waits that long rather than fail.
_LOCK_TRIES = 10
_LOCK_PAUSE = 0.05


class AlarmDispatch(models.Model):
    """What responders do with their orders, or a dispatcher whom they tell it by radio. Every verb
    locks the order, checks after the lock, writes an entry of the incident, and says why when it
    may not run."""

    _inherit = "alarm.dispatch"

    def action_accept(self, responder_id=False):
        """Take a place of the crew. Who is too late is told who has it.

        :param responder_id: for whom a dispatcher says it; needed only where several are asked
        """
        self._check_actor()
        for order in self._locked():
            member = order._member(responder_id)
            if member.state == "accepted" and order.state in OPEN_STATES:
                continue
            order._check_place()
            order._check_transition("accept")
            order._answer(member, "accepted")
            order._settle_answers("accept", member.name)
            if order.state == "accepted":
                waiting = order.sudo().member_ids.filtered(lambda one: one.state == "invited")
                waiting.write({"state": "stood_down"})
            order._tell_dispatcher(
                self.env._("%(order)s: %(name)s accepts.", order=order.name, name=member.name)
            )
        return True

    def action_decline(self, reason, responder_id=False):
        """Say no, also after accepting, as long as nobody has left.

        :param reason: required
        :param responder_id: see `action_accept`
        """
        self._check_actor()
        reason = self._required_text(reason, self.env._("Say why the order is declined."))
        for order in self._locked():
            member = order._member(responder_id)
            order._check_transition("decline")
            if member.state == "declined":
                continue
            order._answer(member, "declined", reason)
            # A place is free again.
            order.sudo().member_ids.filtered(lambda one: one.state == "stood_down").write(
                {"state": "invited"}
            )
            order._settle_answers("decline", f"{member.name}: {reason}", reason)
            order._tell_dispatcher(
                self.env._(
                    "%(order)s: %(name)s declines: %(reason)s",
                    order=order.name,
                    name=member.name,
                    reason=reason,
                ),
                sticky=True,
            )
        return True

    def action_depart(self):
        """The crew is on its way."""
        return self._step("depart")

    def action_arrive(self):
        """The crew is on site."""
        return self._step("arrive")

    def action_cancel(self, reason):
        """Call the responders back (dispatchers only)."""
        self._check_dispatcher()
        reason = self._required_text(reason, self.env._("Say why the order is cancelled."))
        for order in self._locked():
            order._check_transition("cancel")
            order._transition("cancel", reason, "cancelled", end_reason=reason)
        return True

    def action_add_responders(self, responder_ids):
        """Ask more responders (dispatchers only): nobody of the first ones can, or more are needed.

        :param responder_ids: ids of `alarm.responder`
        """
        self._check_dispatcher()
        for order in self._locked():
            if order.state not in ANSWERABLE_STATES:
                order._refuse_state(ANSWERABLE_STATES)
            responders = order.incident_id._responders(responder_ids)
            new = responders - order.member_ids.responder_id
            members = order._add_members(new)
            order._settle_answers("add", ", ".join(members.mapped("name")))
            order._notify_responders(members)
        return True

    def action_add(self):
        """The proposal again, to ask more responders for this order."""
        self._check_dispatcher()
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "alarm_dispatch.alarm_dispatch_propose_action"
        )
        return action | {
            "context": {
                "default_incident_id": self.incident_id.id,
                "alarm_add_to_dispatch": self.id,
            }
        }

    def _step(self, verb):
        """A verb of the whole crew that has nothing to ask."""
        self._check_actor()
        for order in self._locked():
            order._check_in_crew()
            order._check_transition(verb)
            order._transition(verb, order.crew, TRANSITIONS[verb].target)
        return True

    def _check_actor(self):
        """Who may act: the responders asked, or a dispatcher for them.

        Neither has the right to write what the verbs write, so that no step can be set past them.
        """
        if not self.env.su and not self._is_dispatcher():
            if not self.env.user.has_group("alarm_dispatch.group_responder"):
                raise AccessError(
                    self.env._("Only its responders and dispatchers may act on a dispatch order.")
                )
        self.check_access("read")

    def _check_dispatcher(self):
        if not self.env.su and not self._is_dispatcher():
            raise AccessError(self.env._("Only a dispatcher may do this."))
        self.check_access("read")

    def _is_dispatcher(self):
        return self.env.user.has_group("alarm_monitoring.group_dispatcher")

    def _check_in_crew(self):
        if self.env.su or self._is_dispatcher():
            return
        if self.env.user not in self._crew().user_id:
            raise UserError(
                self.env._(
                    "%(order)s: accept it first. Its crew: %(crew)s.",
                    order=self.name,
                    crew=self.crew or "–",
                )
            )

    def _check_place(self):
        crew = self._crew()
        if self.state in OPEN_STATES and len(crew) >= self.crew_size:
            raise UserError(
                self.env._(
                    "%(order)s has its crew already: %(crew)s.",
                    order=self.name,
                    crew=", ".join(crew.mapped("name")),
                )
            )

    def _member(self, responder_id):
        """The member that acts: the one named, the user himself, or the only one."""
        members = self.sudo().member_ids
        if responder_id:
            found = members.filtered(lambda one: one.responder_id.id == responder_id)
            if not self.env.su and not self._is_dispatcher():
                found = found.filtered(lambda one: one.user_id == self.env.user)
        else:
            found = members.filtered(lambda one: one.user_id == self.env.user)
            if not found and (self.env.su or self._is_dispatcher()):
                found = members if len(members) == 1 else found
        if len(found) != 1:
            raise UserError(
                self.env._(
                    "Say which responder of %(order)s it is: %(names)s.",
                    order=self.name,
                    names=", ".join(members.mapped("name")),
                )
            )
        return found

    def _answer(self, member, answer, reason=False):
        member.write({"state": answer, "answered_at": fields.Datetime.now(), "reason": reason})

    def _settle_answers(self, verb, text, reason=False):
        """Bring the order to the state that the answers give."""
        state = state_of_answers(self.crew_size, self.sudo().member_ids.mapped("state"))
        if state == self.state:
            self._log(verb, text)
            self.sudo().incident_id._on_incidents_changed()
            return
        ended = {"end_reason": reason} if state == "declined" else {}
        self._transition(verb, text, state, **ended)

    def _locked(self):
        """These orders, locked and read afresh."""
        orders = self.sorted("id")
        for attempt in range(_LOCK_TRIES):
            if attempt:
                time.sleep(_LOCK_PAUSE)
            if orders.sudo().try_lock_for_update(allow_referencing=True).ids == orders.ids:
                orders.invalidate_recordset()
                orders.sudo().member_ids.invalidate_recordset()
                return orders
        raise UserError(
            self.env._(
                "Somebody else is acting on %s at this moment. Look again.",
                ", ".join(orders.mapped("name")),
            )
        )

    def _check_transition(self, verb):
        sources = TRANSITIONS[verb].sources
        if self.state not in sources:
            self._refuse_state(sources)

    def _refuse_state(self, sources):
        labels = dict(self._fields["state"]._description_selection(self.env))
        raise UserError(
            self.env._(
                "%(order)s is %(state)s; this is possible only while it is: %(sources)s.",
                order=self.name,
                state=labels[self.state],
                sources=", ".join(label for state, label in labels.items() if state in sources),
            )
        )

    def _transition(self, verb, text, state, **values):
        """Bring one locked order to a state: write, log, tell the incident."""
        self.ensure_one()
        self._write_private(self._enter(state, **values))
        self._log(verb, text)
        self.sudo().incident_id._on_dispatch_changed(self.sudo())

    def _log(self, verb, text):
        kind = TRANSITIONS[verb].entry if verb in TRANSITIONS else "dispatched"
        self.sudo().incident_id._log(kind, f"{self.name}: {text}")

    @api.model
    def _required_text(self, text, message):
        if not isinstance(text, str) or not text.strip():
            raise UserError(message)
        return text.strip()
