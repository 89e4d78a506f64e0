from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    alarm_short_invoice = fields.Boolean(
        string="One Line per Service",
        groups="account.group_account_invoice,account.group_account_readonly",
        help="A dealer, a bureau or a head office reads one line for each service and price on the "
        "printed invoice, and all sites in an annex. Choose for the contracts that they come on "
        "one invoice with the payer's other contracts.",
    )
