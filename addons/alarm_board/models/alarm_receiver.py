from collections import defaultdict

from odoo import api, models

from ..tools.moments import iso_utc
from .ir_websocket import BOARD_CHANNEL


class AlarmReceiver(models.Model):
    _inherit = "alarm.receiver"

    @api.private
    def _on_receivers_changed(self):
        by_company = defaultdict(list)
        # As superuser, because the readers are not who reported: a channel is joined only by
        # dispatchers of its company, see `ir.websocket`.
        for receiver in self.sudo():
            by_company[receiver.company_id.id].append(receiver._prepare_board_link())
        audiences = self.env["alarm.incident"].sudo()._board_audiences(by_company)
        for company, receivers in audiences:
            self.env["bus.bus"]._sendone(
                (company, BOARD_CHANNEL), "alarm_board/receivers", {"receivers": receivers}
            )
        return super()._on_receivers_changed()

    def _prepare_board_link(self):
        """The receiver as a lamp of the board's header."""
        return {
            "id": self.id,
            "company_id": self.company_id.id,
            "name": self.name,
            "group_id": self.receiver_group_id.id,
            "bridges": [
                {
                    "name": status.bridge_status_id.name,
                    "state": status.shown_state,
                    "heard": status.bridge_status_id.heard,
                    "sending": status.sending,
                }
                for status in self.status_ids
            ],
            "state": self.state,
            "last_heartbeat_at": iso_utc(self.last_heartbeat_at),
        }
