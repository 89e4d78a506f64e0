from odoo import api, fields, models

ANSWERS = [("tick", "Tick"), ("value", "Measured Value")]


class AlarmChecklistTemplate(models.Model):
    """What is looked after at every order of a kind and a system type."""

    _name = "alarm.checklist.template"
    _description = "Check-list Template"
    _inherit = ["alarm.company.bound"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        lambda self: self._selection_kind(), string="Kind of Order", help="Empty: all kinds."
    )
    system_type_id = fields.Many2one(
        "alarm.system.type", index="btree_not_null", ondelete="restrict", help="Empty: all systems."
    )
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", ondelete="restrict", help="Empty: all companies."
    )
    line_ids = fields.One2many(
        "alarm.checklist.template.line", "template_id", string="Lines", copy=True
    )
    active = fields.Boolean(default=True)

    @api.model
    def _selection_kind(self):
        kind = self.env["alarm.work.order"]._fields["kind"]
        return kind._description_selection(self.env)


class AlarmChecklistTemplateLine(models.Model):
    _name = "alarm.checklist.template.line"
    _description = "Line of a Check-list Template"
    _inherit = ["alarm.company.bound"]
    _order = "template_id, sequence, id"

    template_id = fields.Many2one(
        "alarm.checklist.template", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char("What to Look After", required=True, translate=True)
    answer = fields.Selection(ANSWERS, required=True, default="tick")
    unit = fields.Char(help="Of the measured value: V, Ω, dBm…")
    required = fields.Boolean(default=True)
