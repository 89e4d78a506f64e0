from odoo import fields, models


class AccountMoveLine(models.Model):
    """What was invoiced from the field without a contract is not lost with the draft of it."""

    _inherit = "account.move.line"

    alarm_field_charge_ids = fields.One2many(
        "alarm.work.order.charge", "move_line_id", string="Charges from the Field", readonly=True
    )

    def unlink(self):
        # As superuser: who keeps invoices only need not keep contracts.
        charges = self.sudo().alarm_field_charge_ids
        if charges:
            self.check_access("unlink")
            charges._wait_anew()
        return super().unlink()
