from odoo import api, models

from ..tools.labels import labels


class AlarmEventCode(models.Model):
    _inherit = "alarm.event.code"

    @api.model
    def board_codes(self, text, limit=20):
        """Codes that a test signal may have, by number or by words.

        :return: list of ``{"id", "label", "class", "qualified"}``
        """
        limit = max(1, min(int(limit), 50))
        systems = labels(self, "code_system")
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
