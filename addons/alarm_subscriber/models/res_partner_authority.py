from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    alarm_authority = fields.Selection(
        [("police", "Police Station"), ("fire", "Fire Brigade"), ("medical", "Medical Service")],
        string="Authority",
        index="btree_not_null",
        help="Which authority this is, so that subscribers can name it as theirs.",
    )
