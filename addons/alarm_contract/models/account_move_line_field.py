from odoo import fields, models
from odoo.exceptions import UserError


class AccountMoveLine(models.Model):
    """What was invoiced from the field without a contract is not lost with the draft of it."""

    _inherit = "account.move.line"

    alarm_field_charge_ids = fields.One2many(
        "alarm.work.order.charge", "move_line_id", string="Charges from the Field", readonly=True
    )
    alarm_former_charge_ids = fields.Many2many(
        "alarm.work.order.charge",
        "alarm_work_order_charge_former_rel",
        string="Charged Anew",
        readonly=True,
        copy=False,
    )

    def unlink(self):
        # As superuser: who keeps invoices only need not keep contracts.
        charges = self.sudo().alarm_field_charge_ids
        if charges:
            self.check_access("unlink")
            charges._wait_anew()
        return super().unlink()


class AccountMove(models.Model):
    """What is charged anew from the field is not charged by its former invoice a second time."""

    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft)
        posted._check_not_charged_anew()
        return posted

    def button_draft(self):
        result = super().button_draft()
        self.reversed_entry_id._check_not_charged_anew()
        return result

    def _check_not_charged_anew(self):
        # As superuser: who keeps invoices only need not keep charges.
        for move in self.sudo().filtered(lambda move: move.state == "posted"):
            anew = move.invoice_line_ids.alarm_former_charge_ids
            if anew and not move._is_given_back():
                raise UserError(
                    self.env._(
                        "%(invoice)s stays cancelled or given back: %(charges)s is charged anew "
                        "since.",
                        invoice=move.display_name,
                        charges=", ".join(anew.mapped("display_name")),
                    )
                )
