from odoo import fields, models


class AlarmReceiverGroup(models.Model):
    """A space of account numbers: within it an account names one panel."""

    _name = "alarm.receiver.group"
    _inherit = "alarm.company.bound"
    _description = "Alarm Receiver Group"
    _order = "code, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Short name without blanks, as the bridge knows it.")
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        ondelete="restrict",
        help="Left empty, signals of unknown accounts are shown to all companies.",
    )
    receiver_ids = fields.One2many("alarm.receiver", "receiver_group_id", string="Receivers")

    _code_uniq = models.UniqueIndex("(code)", "Another receiver group has this code.")
