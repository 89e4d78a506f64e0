from odoo import fields, models


class AlarmTerritory(models.Model):
    """A part of the town that a crew of responders covers."""

    _name = "alarm.territory"
    _inherit = "alarm.company.bound"
    _description = "Responder Territory"
    _order = "sequence, name, id"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    active = fields.Boolean(default=True)

    _name_company_uniq = models.UniqueIndex(
        "(company_id, name) WHERE active", "Another territory of the company has this name."
    )
