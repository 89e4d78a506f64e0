from odoo import fields, models


class ContractTerminateReason(models.Model):
    _inherit = "contract.terminate.reason"

    name = fields.Char(translate=True)
    kind = fields.Selection(
        [
            ("price", "Price"),
            ("service", "Service"),
            ("competitor", "Competitor"),
            ("unused", "Does Not Use It"),
            ("false_alarms", "False Alarms"),
            ("closed", "Business Closed"),
            ("moved", "Moved Away"),
            ("sold", "Premises Sold"),
            ("non_payment", "Non-payment"),
            ("term_end", "End of Term"),
            ("ours", "Ended by Us"),
            ("other", "Other"),
        ],
        required=True,
        default="other",
        help="By what kind of reason customers leave, for the figures.",
    )
