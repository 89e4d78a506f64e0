from odoo import fields, models


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
