import re

from odoo import models

WALK_CHANNEL = "alarm_walk_test"
_ASKED = re.compile(rf"{WALK_CHANNEL}:([0-9]{{1,9}})")


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        """Who may read a work order and its matrix hears of its walk test. The name alone opens
        nothing: it is replaced by a channel of the record, which no client can name."""
        asked, others = set(), []
        for channel in channels:
            found = isinstance(channel, str) and _ASKED.fullmatch(channel)
            if found:
                asked.add(int(found[1]))
            else:
                others.append(channel)
        if asked and self.env.uid:
            order_model = self.env["alarm.work.order"]
            told = ("alarm.work.order", "alarm.walk.test.line", "alarm.walk.test.finding")
            if all(self.env[model].has_access("read") for model in told):
                orders = order_model.search([("id", "in", sorted(asked))])
                others.extend((order, WALK_CHANNEL) for order in orders)
        return super()._build_bus_channel_list(others)
