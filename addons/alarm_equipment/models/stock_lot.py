from odoo import fields, models


class StockLot(models.Model):
    _inherit = "stock.lot"

    device_ids = fields.One2many("alarm.device", "lot_id", string="Technical Card")

    def action_view_device(self):
        """The card of the piece that bears this serial number."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "alarm_equipment.alarm_device_action"
        )
        return action | {
            "views": [(False, "form")],
            "res_id": self.device_ids.id,
            "domain": [("lot_id", "=", self.id)],
        }
