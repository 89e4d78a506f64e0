from odoo import models


class AlarmSubscriber(models.Model):
    _inherit = "alarm.subscriber"

    def _on_live(self):
        """What stands there on lease is in use from today: it becomes an asset."""
        result = super()._on_live()
        devices = self.env["alarm.device"].sudo().search([("subscriber_id", "in", self.ids)])
        devices._capitalise_or_leave()
        return result
