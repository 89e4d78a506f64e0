from odoo import api, models

from odoo.addons.alarm_monitoring.tools.report import CLASSES

from ..tools.labels import labels


class AlarmIncident(models.Model):
    """What somebody reports by telephone."""

    _inherit = "alarm.incident"

    @api.model
    def board_report_classes(self):
        """What a caller may report, in the order of the buttons: list of ``{"value", "label"}``."""
        self._check_dispatcher()
        words = labels(self, "event_class")
        return [{"value": value, "label": words[value]} for value in CLASSES]

    def _prepare_board_detail(self):
        report = {"caller": self.caller, "phone": self.caller_phone or ""} if self.caller else None
        return super()._prepare_board_detail() | {"report": report}
