from odoo import models


class AlarmCharge(models.Model):
    _inherit = "alarm.charge"

    def _prepare_preview(self):
        """As what is not made yet: values of a charge that waits for its invoice."""
        self.ensure_one()
        return {
            "contract_id": self.contract_id.id,
            "name": self.name,
            "date_due": self.date_due,
            "quantity": self.quantity,
            "counted": self.counted,
            "unit_price": self.unit_price,
            "discount": self.discount,
            "amount": self.amount,
            "currency_id": self.currency_id.id,
        }
