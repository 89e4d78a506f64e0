from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.alarm_board.tools.labels import labels
from odoo.addons.alarm_board.tools.moments import iso_utc
from odoo.addons.alarm_dispatch.tools.dispatch_states import CLOCKS, OPEN_STATES

# What a dispatcher may say for a responder who reports by telephone: state -> the verb.
NEXT_VERBS = {"proposed": "accept", "accepted": "depart", "en_route": "arrive"}
# The states in the order in which an order passes them, the last one being the farthest.
PROGRESS = ("proposed", "accepted", "en_route", "on_site")


class AlarmIncident(models.Model):
    """Dispatch orders on the alarm board."""

    _inherit = "alarm.incident"

    def _prepare_board_detail(self):
        return super()._prepare_board_detail() | {
            "orders": [self._prepare_board_order(order) for order in self.dispatch_ids]
        }

    def _prepare_board_order(self, order):
        states = labels(order, "state")
        answers = labels(order.member_ids, "state")
        return {
            "id": order.id,
            "name": order.name,
            "state": order.state,
            "state_label": states[order.state],
            "since": iso_utc(order[CLOCKS[order.state]]),
            "due": iso_utc(order.due_at),
            "open": order.state in OPEN_STATES,
            "overdue": order.overdue,
            "next": NEXT_VERBS.get(order.state, ""),
            "note": order.note or "",
            "end_reason": order.end_reason or "",
            "finding": order.finding or "",
            "finding_words": order._finding_words() if order.finding else "",
            "passed": [
                {"state": state, "label": states[state], "at": iso_utc(order[CLOCKS[state]])}
                for state in (*PROGRESS, "finished")
                if order[CLOCKS[state]]
            ],
            "members": [
                {
                    "id": member.responder_id.id,
                    "name": member.name,
                    "phone": member.phone or "",
                    "answer": member.state,
                    "answer_label": answers[member.state],
                    "distance": member.distance_km,
                    "minutes": member.minutes,
                }
                for member in order.member_ids
            ],
        }

    def _prepare_board_places(self):
        """On the map also who is under way, where he probably is."""
        places = super()._prepare_board_places()
        now = fields.Datetime.now()
        members = self.dispatch_ids.filtered(lambda order: order.state in OPEN_STATES).member_ids
        coming = members.filtered(lambda member: member.state in ("invited", "accepted"))
        for responder in coming.responder_id:
            latitude, longitude = responder._place(now)
            if latitude is not None:
                places.append(
                    {
                        "id": f"responder-{responder.id}",
                        "kind": "responder",
                        "tone": "info",
                        "label": responder.name,
                        "latitude": latitude,
                        "longitude": longitude,
                    }
                )
        return places

    def _prepare_board_facts(self):
        """How far the responders of each incident are: of several orders the farthest."""
        facts = super()._prepare_board_facts()
        orders = self.env["alarm.dispatch"].search(
            [("incident_id", "in", self.ids), ("state", "in", OPEN_STATES)]
        )
        for incident, theirs in orders.grouped("incident_id").items():
            farthest = max(theirs, key=lambda order: PROGRESS.index(order.state))
            facts.setdefault(incident.id, {})["responders"] = {
                "state": farthest.state,
                "since": iso_utc(farthest[CLOCKS[farthest.state]]),
                "overdue": any(theirs.mapped("overdue")),
                # Who answered changes no state while others are awaited.
                "accepted": len(theirs._crew()),
            }
        return facts

    def board_propose(self):
        """Who could be sent, the best first.

        :return: ``{"policy", "crew_size", "located": whether the premises have a position,
            "candidates": [{"id", "name", "phone", "distance", "minutes", "load", "suitable",
            "obstacles": words}]}``; distance in km and minutes are None where nobody knows
        :raises UserError: the incident has no subscriber
        """
        self.ensure_one()
        self._check_dispatcher()
        policy = self._get_dispatch_policy()
        proposals = self._propose_responders()
        responders = self.env["alarm.responder"].browse(way.key for way in proposals)
        words = self.env["alarm.dispatch.propose"]._obstacle_words
        return {
            "policy": policy.name or "",
            "crew_size": policy.crew_size or 1,
            "located": self.subscriber_id._site_position()[0] is not None,
            "candidates": [
                {
                    "id": responder.id,
                    "name": responder.name,
                    "phone": responder.phone or "",
                    "distance": way.distance_km,
                    "minutes": way.minutes,
                    "load": way.load,
                    "suitable": way.suitable,
                    "obstacles": words(way.obstacles),
                }
                for responder, way in zip(responders, proposals, strict=True)
            ],
        }

    def board_order_step(self, order_id, responder_id=False):
        """Say for a responder who reports by telephone that he has accepted, left or arrived."""
        order = self._board_order(order_id)
        match NEXT_VERBS.get(order.state):
            case "accept":
                return order.action_accept(responder_id)
            case "depart":
                return order.action_depart()
            case "arrive":
                return order.action_arrive()
        raise UserError(
            self.env._(
                "%(order)s is %(state)s: there is nothing to report.",
                order=order.name,
                state=labels(order, "state")[order.state],
            )
        )

    def board_order_add(self, order_id, responder_ids):
        """Ask more responders for an order."""
        return self._board_order(order_id).action_add_responders(responder_ids)

    def board_order_cancel(self, order_id, reason):
        """Call the responders of an order back."""
        return self._board_order(order_id).action_cancel(reason)

    def _board_order(self, order_id):
        """An order of this incident."""
        self.ensure_one()
        self._check_dispatcher()
        order = self.dispatch_ids.filtered(lambda order: order.id == order_id)
        if not order:
            raise UserError(
                self.env._("%(incident)s has no order %(id)s.", incident=self.name, id=order_id)
            )
        return order
