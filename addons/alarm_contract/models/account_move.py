from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    alarm_charge_ids = fields.One2many("alarm.charge", "move_id", string="Charges", readonly=True)
