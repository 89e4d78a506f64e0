from odoo import fields, models

from ..tools.work_states import KINDS


class AlarmChecklistTemplate(models.Model):
    """What is looked after at every order of a kind."""

    _name = "alarm.checklist.template"
    _description = "Check-list Template"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(KINDS, help="Empty: all kinds of orders.")
    system_type_id = fields.Many2one(
        "alarm.system.type", index="btree_not_null", ondelete="restrict", help="Empty: all systems."
    )
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", ondelete="restrict", help="Empty: all companies."
    )
    line_ids = fields.One2many("alarm.checklist.template.line", "template_id", copy=True)
    active = fields.Boolean(default=True)


class AlarmChecklistTemplateLine(models.Model):
    _name = "alarm.checklist.template.line"
    _description = "Line of a Check-list Template"
    _order = "template_id, sequence, id"

    template_id = fields.Many2one(
        "alarm.checklist.template", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    answer = fields.Selection(
        [("tick", "Tick"), ("value", "Measured Value")], required=True, default="tick"
    )
    unit = fields.Char(help="Of the measured value: V, Ω, dBm…")
    required = fields.Boolean(default=True)
