from odoo import api, models
from odoo.tools import SQL

# What a board asks for. The name alone opens nothing: it is replaced by channels of
# records, which no client can name.
BOARD_CHANNEL = "alarm_board"


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        asked = BOARD_CHANNEL in channels
        channels = [channel for channel in channels if channel != BOARD_CHANNEL]
        if asked:
            companies = self.env["res.company"].browse(sorted(self._board_companies()))
            channels.extend((company, BOARD_CHANNEL) for company in companies)
        return super()._build_bus_channel_list(channels)

    @api.model
    def _board_companies(self):
        """Ids of the companies whose alarms the user may hear of at this moment.

        Asked of the database and not of the registry's caches: the process that serves websockets
        learns late, or never, that another one has cleared them.
        """
        self.env["res.users"].flush_model()
        self.env["res.groups"].flush_model()
        return {
            company
            for [company] in self.env.execute_query(
                SQL(
                    """
                    WITH RECURSIVE held AS (
                        SELECT gid FROM res_groups_users_rel WHERE uid = %(user)s
                         UNION
                        SELECT implied.hid FROM res_groups_implied_rel implied
                          JOIN held ON held.gid = implied.gid
                    )
                    SELECT company.cid FROM res_company_users_rel company
                      JOIN res_users "user" ON "user".id = company.user_id
                     WHERE company.user_id = %(user)s AND "user".active
                       AND EXISTS (SELECT FROM held WHERE gid = %(group)s)
                    """,
                    user=self.env.uid or 0,
                    group=self.env["ir.model.data"]._xmlid_to_res_id(
                        "alarm_monitoring.group_dispatcher"
                    ),
                )
            )
        }
