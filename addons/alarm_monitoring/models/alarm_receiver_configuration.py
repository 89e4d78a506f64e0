from odoo import api, models
from odoo.tools import SQL


class AlarmReceiver(models.Model):
    _inherit = "alarm.receiver"

    @api.model
    def _configuration(self, since):
        """The configuration of the bridges, whole when it differs from the version they have.

        :return: ``{"version": str, "full": bool, "accounts": [{"receiver_group": code,
            "receivers": [names], "account": str, "key": hex or "", "timestamps": "",
            "supervision": minutes}], "removed": [], "receivers": [{"name": str,
            "receiver_group": code, "allow": [str]}]}``; ``receivers`` is always whole
        """
        version = self._configuration_version()
        full = version != since
        return {
            "version": version,
            "full": full,
            "accounts": self._configuration_accounts() if full else [],
            "removed": [],
            "receivers": [
                {
                    "name": receiver.name,
                    "receiver_group": receiver.receiver_group_id.code,
                    "allow": (receiver.allow or "").split(),
                }
                for receiver in self.search([])
            ],
        }

    @api.model
    def _configuration_accounts(self):
        panels = self.env["alarm.panel"].search([("receiver_group_id", "!=", False)])
        # It is never prefetched, and would be read panel by panel.
        panels.fetch(["dc09_key_encrypted"])
        return [
            {
                "receiver_group": panel.receiver_group_id.code,
                "receivers": panel.receiver_group_id.receiver_ids.mapped("name"),
                "account": panel.account,
                "key": panel._get_dc09_key() or "",
                "timestamps": "",
                "supervision": panel.supervision_interval,
            }
            for panel in panels
        ]

    @api.model
    def _configuration_version(self):
        """Changes when any row that the configuration is made of changes, and only then."""
        self.env.flush_all()
        [[version]] = self.env.execute_query(
            SQL(
                """
                SELECT coalesce(md5(string_agg(row, ',' ORDER BY row)), '') FROM (
                    SELECT concat_ws(':', 'p', id, active, write_date) AS row FROM alarm_panel
                    UNION ALL
                    SELECT concat_ws(':', 'r', id, active, write_date) FROM alarm_receiver
                    UNION ALL
                    SELECT concat_ws(':', 'g', id, write_date) FROM alarm_receiver_group
                ) AS rows
                """
            )
        )
        return version
