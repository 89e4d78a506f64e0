from odoo import fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    # What was booked for a piece of equipment is looked up for all of them at once.
    asset_id = fields.Many2one(index="btree_not_null")
