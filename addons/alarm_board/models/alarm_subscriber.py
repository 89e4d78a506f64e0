from odoo import models

from ..tools.labels import labels
from .alarm_incident import BOARD_STATES


class AlarmSubscriber(models.Model):
    """What the forms of the board ask once a subscriber is chosen."""

    _inherit = "alarm.subscriber"

    def board_report_form(self):
        """What the form of a call shows of a subscriber.

        :return: ``{"contacts": [{"id", "name", "role", "phone", "passcode_set"}], "open": None or
            {"id", "name", "holder"}, "passcode_set": bool, "plans": [{"id", "name"}]}``
        """
        self.ensure_one()
        self.env["alarm.incident"]._check_dispatcher()
        self.check_access("read")
        incident = self.env["alarm.incident"].search(
            [
                ("key", "=", f"subscriber:{self.id}"),
                ("state", "in", ("delayed", *BOARD_STATES)),
            ],
            limit=1,
        )
        roles = labels(self.contact_ids, "role")
        plans = self.env["alarm.response.plan"].search(
            [("company_id", "in", (self.company_id.id, False))], limit=80
        )
        return {
            "contacts": [
                {
                    "id": contact.id,
                    "name": contact.partner_id.name or "",
                    "role": roles.get(contact.role, ""),
                    "phone": contact.phone or "",
                    "passcode_set": contact.passcode_set,
                }
                for contact in self.contact_ids
            ],
            "open": {
                "id": incident.id,
                "name": incident.name,
                "holder": incident.user_id.name or "",
            }
            if incident
            else None,
            "passcode_set": self.passcode_set,
            "plans": [{"id": plan.id, "name": plan.name} for plan in plans],
        }

    def board_injection_form(self):
        """What the form of a test signal shows of a subscriber.

        :return: ``{"panels": [{"id", "name", "account", "zones": [{"id", "name"}]}]}``
        """
        self.ensure_one()
        self.env["alarm.panel"]._check_injector()
        self.check_access("read")
        return {
            "panels": [
                {
                    "id": panel.id,
                    "name": panel.display_name,
                    "account": panel.account or "",
                    "zones": [
                        {"id": zone.id, "name": zone.display_name} for zone in panel.zone_ids
                    ],
                }
                for panel in self.panel_ids
            ]
        }
