import time

from odoo import api, models

from .ir_websocket import BOARD_CHANNEL

# For so long what a user was found to be allowed is believed: a storm of alarms must not ask it for
# each of them and each board.
RECHECK_SECONDS = 1.0

# (database, user id) -> (until when, ids of companies)
_allowed = {}


class BusBus(models.Model):
    _inherit = "bus.bus"

    @api.model
    def _poll(self, channels, last=0, ignore_ids=None):
        """Every delivery to an open websocket passes here, as the user of its session: whoever was
        a dispatcher when he subscribed and is none any more gets nothing."""
        boards = [channel for channel in channels if _is_board(channel)]
        if boards:
            allowed = self._board_companies_lately()
            refused = {channel for channel in boards if _company_id(channel) not in allowed}
            channels = [channel for channel in channels if channel not in refused]
        return super()._poll(channels, last, ignore_ids)

    @api.model
    def _board_companies_lately(self):
        key = self.env.cr.dbname, self.env.uid
        until, companies = _allowed.get(key, (0, frozenset()))
        if time.monotonic() >= until:
            companies = self.env["ir.websocket"]._board_companies()
            _allowed[key] = (time.monotonic() + RECHECK_SECONDS, companies)
        return companies


def _is_board(channel):
    return isinstance(channel, tuple) and channel[-1] == BOARD_CHANNEL


def _company_id(channel):
    """Of ``(company, name)``, or as a websocket keeps it: ``(database, model, id, name)``."""
    company = channel[-2]
    return company if isinstance(company, int) else company.id
