from odoo import api, models


class AlarmTestMode(models.Model):
    _inherit = "alarm.test.mode"

    @api.model
    def _selection_origin(self):
        return [
            *super()._selection_origin(),
            ("alarm.work.order", self.env["ir.model"]._get("alarm.work.order").name),
        ]
