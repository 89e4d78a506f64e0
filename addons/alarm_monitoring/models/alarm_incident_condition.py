from odoo import models

from ..tools.conditions import split_reason


class AlarmIncident(models.Model):
    _inherit = "alarm.incident"

    def _reason_sentence(self, code):
        if self.reason_kind != "bridge_condition":
            return super()._reason_sentence(code)
        return self._condition_words(self.reason_detail or "")

    def _condition_words(self, reason):
        """A condition in words, from how an incident and its log keep it."""
        condition, bridge, detail = split_reason(reason)
        return self.env["alarm.bridge.condition"]._sentence(bridge, condition, detail)
