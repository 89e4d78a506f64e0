from odoo import fields, models


class AlarmContractPastShare(models.Model):
    """Under which contract the income of another one was shared before, and until when: what was
    invoiced then is settled there, whatever became of the contracts since."""

    _name = "alarm.contract.past.share"
    _description = "Income Shared Before"
    _order = "source_id, date_end, id"
    _check_company_auto = True

    source_id = fields.Many2one(
        "contract.contract",
        string="Income Of",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
        check_company=True,
    )
    contract_id = fields.Many2one(
        "contract.contract",
        string="Shared Under",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True, index=True)
    date_start = fields.Date(string="From", readonly=True, help="Empty: from its beginning.")
    date_end = fields.Date(string="Until", required=True, readonly=True)
