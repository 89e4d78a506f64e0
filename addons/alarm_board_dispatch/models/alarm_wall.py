from odoo import fields, models

from odoo.addons.alarm_board.tools.moments import iso_utc
from odoo.addons.alarm_dispatch.tools.dispatch_states import CLOCKS, OPEN_STATES


class AlarmWall(models.AbstractModel):
    _inherit = "alarm.wall"

    def _prepare_wall(self):
        return super()._prepare_wall() | {"responders": self._wall_responders()}

    def _wall_responders(self):
        """Who is on duty or on an order, what he does, and where he probably is.

        :return: list of ``{"id", "name", "status": "free" or the state of the order, "since",
            "latitude", "longitude": None where nobody knows, "exact": whether he has reported it
            himself of late, "site": {"name", "latitude", "longitude"} of the order or None}``
        """
        now = fields.Datetime.now()
        responders = self.env["alarm.responder"].search([("active", "=", True)])
        on_duty = responders._on_duty(now)
        orders = self._open_orders()
        return [
            self._prepare_responder(responder, orders.get(responder), now)
            for responder in responders
            if responder in on_duty or responder in orders
        ]

    def _open_orders(self):
        """Responder -> the order that he is furthest with."""
        members = self.env["alarm.dispatch.member"].search(
            [
                ("state", "in", ("invited", "accepted")),
                ("dispatch_id.state", "in", OPEN_STATES),
            ]
        )
        members = members.sorted(lambda member: OPEN_STATES.index(member._wall_status()))
        return {member.responder_id: member for member in members}

    def _prepare_responder(self, responder, member, now):
        latitude, longitude = responder._place(now)
        order = member.dispatch_id if member else self.env["alarm.dispatch"]
        placed = order.latitude or order.longitude
        status = member._wall_status() if member else "free"
        return {
            "id": responder.id,
            "name": responder.name,
            "status": status,
            "since": iso_utc(order[CLOCKS[status]] or member.answered_at) if member else None,
            "latitude": latitude,
            "longitude": longitude,
            "exact": (latitude, longitude) == (responder.latitude, responder.longitude),
            "site": {
                "name": order.site_name,
                "latitude": order.latitude,
                "longitude": order.longitude,
            }
            if placed
            else None,
        }
