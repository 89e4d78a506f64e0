from odoo import models


class AlarmWorkOrder(models.Model):
    _inherit = "alarm.work.order"

    def _on_state(self, verb):
        res = super()._on_state(verb)
        if verb == "finish":
            # As superuser: the technician knows of no contract.
            self.sudo().sale_order_id._begin_fees()
        return res


class AlarmWorkOrderMaterial(models.Model):
    _inherit = "alarm.work.order.material"

    def _get_quantity_to_charge(self):
        # What the sale delivers, the sale invoices.
        return max(super()._get_quantity_to_charge() - self.quantity_sold, 0)
