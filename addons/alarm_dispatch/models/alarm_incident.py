from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.alarm_monitoring.tools.incident_states import Transition

from ..tools.dispatch_states import OPEN_STATES
from ..tools.nearest import Site, propose

DISPATCH = Transition(frozenset({"working", "dispatched"}), "dispatched", "dispatched")


class AlarmIncident(models.Model):
    """Sending responders, and what becomes of the incident by what they report."""

    _inherit = "alarm.incident"

    dispatch_ids = fields.One2many("alarm.dispatch", "incident_id", string="Dispatch Orders")
    dispatch_count = fields.Integer(compute="_compute_dispatch_count")

    @api.depends("dispatch_ids")
    def _compute_dispatch_count(self):
        for incident in self:
            incident.dispatch_count = len(incident.dispatch_ids)

    def action_dispatch(self, responder_ids, note="", step_id=False):
        """Send responders: one order, that the first of them to accept get. It does the step of the
        plan that asks for it.

        :param responder_ids: ids of `alarm.responder`; at least as many as the policy asks for
        :param note: what they are told
        :param step_id: id of the open step that is done by it; without it the next such step
        :return: id of the order
        """
        self._check_dispatcher()
        self.ensure_one()
        self._locked()
        self._check_transition(DISPATCH)
        step = self._step_to_dispatch(step_id)
        responders = self._responders(responder_ids)
        policy = self._get_dispatch_policy()
        crew_size = policy.crew_size or 1
        if len(responders) < crew_size:
            raise UserError(
                self.env._(
                    "%(incident)s: %(found)s responders were chosen; “%(policy)s” asks for at "
                    "least %(needed)s.",
                    incident=self.name,
                    found=len(responders),
                    policy=policy.name,
                    needed=crew_size,
                )
            )
        order = self.env["alarm.dispatch"].sudo().create(self._prepare_dispatch(policy, note))
        order._write_private(order._enter("proposed"))
        members = order._add_members(responders)
        self._write_private(
            {
                "state": DISPATCH.target,
                "dispatched_at": self.dispatched_at or fields.Datetime.now(),
                "first_action_at": self.first_action_at or fields.Datetime.now(),
                "action_count": self.action_count + 1,
            }
        )
        if step:
            sent = f"{order.name}: {', '.join(members.mapped('name'))}"
            self._finish_step(step, "done", "sent", sent)
            order._write_private({"step_id": step.id})
        told = ": ".join(filter(None, (", ".join(members.mapped("name")), order.note)))
        self._log(DISPATCH.entry, f"{order.name}: {told}")
        self._on_incidents_changed()
        order._notify_responders(members)
        return order.id

    def _prepare_dispatch(self, policy, note):
        """Values of the order for this incident; what is copied stays as it was sent."""
        subscriber = self.sudo().subscriber_id
        latitude, longitude = subscriber._site_position()
        return {
            "incident_id": self.id,
            "incident_name": self.name,
            "subscriber_id": subscriber.id,
            "company_id": subscriber.company_id.id,
            "policy_id": policy.id,
            "crew_size": policy.crew_size or 1,
            "site_name": subscriber.name,
            "address": subscriber.address_id._one_line_address(),
            "latitude": latitude,
            "longitude": longitude,
            "site_note": subscriber.responder_note,
            "note": (note or "").strip() if isinstance(note, str) else "",
            "dispatcher_id": self.env.uid,
        }

    def _dispatch_event(self):
        """What happened, in a few words: the event of the most urgent signal."""
        labels = dict(self._fields["event_class"]._description_selection(self.env))
        event = self.event_code_id
        return event._name_as("new") if event else labels[self.event_class]

    def _get_dispatch_policy(self):
        self.ensure_one()
        subscriber = self.sudo().subscriber_id
        if not subscriber:
            raise UserError(
                self.env._(
                    "%s has no subscriber: nobody knows where to send responders.", self.name
                )
            )
        return self.env["alarm.dispatch.policy"]._choose(
            subscriber.company_id, subscriber.category_id, self.event_class
        )

    @api.private
    def _responders(self, responder_ids):
        """The responders with these ids, checked.

        :raises UserError: not a list of ids, unknown, archived, or of another company
        """
        numbers = isinstance(responder_ids, (list, tuple)) and all(
            isinstance(one, int) and not isinstance(one, bool) for one in responder_ids
        )
        if not numbers or not responder_ids:
            raise UserError(self.env._("Say which responders are sent, as a list of their ids."))
        company = self.sudo().subscriber_id.company_id
        found = self.env["alarm.responder"].search([("id", "in", responder_ids)])
        fitting = found.filtered(lambda one: one.company_id == company)
        missing = sorted(set(responder_ids) - set(fitting.ids))
        if missing:
            raise UserError(
                self.env._(
                    "These are no responders of %(company)s: %(ids)s.",
                    company=company.name,
                    ids=", ".join(
                        self.env["alarm.responder"].browse(one).name
                        if one in found.ids
                        else str(one)
                        for one in missing
                    ),
                )
            )
        # In the order in which they were named.
        return fitting.browse(dict.fromkeys(responder_ids))

    def _propose_responders(self, responders=None):
        """``Proposal`` of each responder of the company, the best first."""
        self.ensure_one()
        policy = self._get_dispatch_policy()
        subscriber = self.sudo().subscriber_id
        if responders is None:
            responders = self.env["alarm.responder"].search(
                [("company_id", "=", subscriber.company_id.id)]
            )
        site = Site(
            *subscriber._site_position(),
            territory=subscriber._get_territory().id or None,
            skills=frozenset(policy.skill_ids.ids),
        )
        return propose(site, responders._candidates(fields.Datetime.now()))

    def _transition(self, verb, text="", **values):
        result = super()._transition(verb, text, **values)
        # Who takes over or resumes what responders are out for finds it dispatched.
        if verb in ("take", "reassign") and self.state == "working":
            if set(self.sudo().dispatch_ids.mapped("state")) & set(OPEN_STATES):
                self._write_private({"state": DISPATCH.target})
        return result
