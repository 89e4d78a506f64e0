from odoo import api, models

from odoo.addons.alarm_monitoring.tools.report import CLASSES


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
                ("state", "in", ("delayed", "queued", "working", "held", "dispatched")),
            ],
            limit=1,
        )
        roles = dict(self.contact_ids._fields["role"]._description_selection(self.env))
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


class AlarmEventCode(models.Model):
    _inherit = "alarm.event.code"

    @api.model
    def board_codes(self, text, limit=20):
        """Codes that a test signal may have, by number or by words.

        :return: list of ``{"id", "label", "class", "qualified"}``
        """
        limit = max(1, min(int(limit), 50))
        systems = dict(self._fields["code_system"]._description_selection(self.env))
        senders = [("code_system", "not in", ("bridge",))]
        codes = self.search([*senders, ("code", "=ilike", text)], limit=limit)
        if len(codes) < limit:
            codes |= self.search([*senders, ("name", "ilike", text)], limit=limit - len(codes))
        return [
            {
                "id": code.id,
                "label": f"{systems[code.code_system]} {code.code} {code.name}",
                "class": code.event_class,
                "qualified": code.code_system == "cid",
            }
            for code in codes
        ]


class AlarmIncident(models.Model):
    _inherit = "alarm.incident"

    @api.model
    def board_report_classes(self):
        """What a caller may report, in the order of the buttons: list of ``{"value", "label"}``."""
        self._check_dispatcher()
        labels = dict(self._fields["event_class"]._description_selection(self.env))
        return [{"value": value, "label": labels[value]} for value in CLASSES]

    def _prepare_board_detail(self):
        report = {"caller": self.caller, "phone": self.caller_phone or ""} if self.caller else None
        return super()._prepare_board_detail() | {"report": report}
