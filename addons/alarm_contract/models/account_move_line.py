from odoo import api, fields, models
from odoo.exceptions import UserError


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    alarm_charge_id = fields.Many2one(
        "alarm.charge",
        string="Charge",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        copy=False,
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_charged(self):
        self._check_not_charged()

    def _check_not_charged(self):
        if self.alarm_charge_id:
            raise UserError(
                self.env._(
                    "What a contract charged is not deleted: cancel the invoice, or reverse it by "
                    "a credit note."
                )
            )
