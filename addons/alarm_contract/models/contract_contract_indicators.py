from odoo import fields, models


class ContractContract(models.Model):
    _inherit = "contract.contract"

    indicator_ids = fields.One2many(
        "alarm.contract.indicator", "contract_id", string="Performance", groups="base.group_user"
    )
