from odoo import api, models


class AlarmTestMode(models.Model):
    _inherit = "alarm.test.mode"

    # What an order asks whenever it is shown.
    _origin_idx = models.Index("(origin) WHERE origin IS NOT NULL")

    @api.model
    def _selection_origin(self):
        return [
            *super()._selection_origin(),
            ("alarm.work.order", self.env["ir.model"]._get("alarm.work.order").name),
        ]
