from odoo import api, fields, models
from odoo.tools import SQL


class AlarmCustomerLife(models.Model):
    """By which way customers came: the first order of the contract knows it."""

    _inherit = "alarm.customer.life"

    source_id = fields.Many2one("utm.source", string="Channel", readonly=True)

    @api.model
    def _get_more_columns(self):
        return SQL(
            """%s, (SELECT sold.source_id FROM sale_order sold
                     WHERE sold.contract_id = contract.id AND sold.state = 'sale'
                     ORDER BY sold.id LIMIT 1) AS source_id""",
            super()._get_more_columns(),
        )
