from odoo import models

from ..tools.conditions import split_reason


class AlarmIncident(models.Model):
    _inherit = "alarm.incident"

    def _reason_sentence(self, code):
        if self.reason_kind != "bridge_condition":
            return super()._reason_sentence(code)
        condition, bridge, detail = split_reason(self.reason_detail or "")
        sentence = self.env._(
            "Bridge %(bridge)s: %(condition)s",
            bridge=bridge,
            condition=self.env["alarm.bridge.condition"]._words_of(condition),
        )
        return f"{sentence} ({detail})" if detail else sentence
