from odoo import models

# What a board asks for. The name alone opens nothing: it is replaced by channels of
# records, which no client can name.
BOARD_CHANNEL = "alarm_board"


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        asked = BOARD_CHANNEL in channels
        channels = [channel for channel in channels if channel != BOARD_CHANNEL]
        if asked and self.env.user.has_group("alarm_monitoring.group_dispatcher"):
            channels.extend((company, BOARD_CHANNEL) for company in self.env.user.company_ids)
        return super()._build_bus_channel_list(channels)
