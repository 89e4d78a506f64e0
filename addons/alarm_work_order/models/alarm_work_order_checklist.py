from odoo import api, fields, models
from odoo.exceptions import AccessError

from .alarm_checklist_template import ANSWERS

# What the crew fills in.
_ANSWER_FIELDS = frozenset({"checked", "value", "remark"})


class AlarmWorkOrderChecklist(models.Model):
    """One thing that the crew looks after. It is a copy: what a template says later does not
    change what was asked here."""

    _name = "alarm.work.order.checklist"
    _description = "Check-list Line of a Work Order"
    _inherit = ["alarm.work.order.report"]
    _order = "work_order_id, sequence, id"

    sequence = fields.Integer(default=10)
    name = fields.Char("What to Look After", required=True, translate=True)
    template_line_id = fields.Many2one(
        "alarm.checklist.template.line", readonly=True, index="btree_not_null", ondelete="set null"
    )
    answer = fields.Selection(ANSWERS, required=True, default="tick")
    unit = fields.Char()
    required = fields.Boolean(default=True)
    checked = fields.Boolean("Done")
    value = fields.Char("Measured")
    remark = fields.Char()
    answered = fields.Boolean(compute="_compute_answered")
    checked_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    checked_at = fields.Datetime(readonly=True)

    @api.depends("answer", "checked", "value")
    def _compute_answered(self):
        for line in self:
            value = (line.value or "").strip()
            line.answered = bool(value) if line.answer == "value" else line.checked

    def write(self, vals):
        if not self.env.su and not self.env.user.has_group("alarm_work_order.group_planner"):
            if set(vals) - _ANSWER_FIELDS:
                raise AccessError(self.env._("The crew answers a check-list; planners write it."))
        if {"checked", "value"} & vals.keys():
            vals = vals | {"checked_by_id": self.env.uid, "checked_at": fields.Datetime.now()}
        return super().write(vals)

    def _copy_names(self):
        """Take the names of the templates in all languages: the crew may read another one than
        who scheduled the order."""
        self.flush_recordset(["name", "template_line_id"])
        self.template_line_id.flush_recordset(["name"])
        self.env.cr.execute(
            """
            UPDATE alarm_work_order_checklist line
               SET name = template.name
              FROM alarm_checklist_template_line template
             WHERE template.id = line.template_line_id AND line.id = ANY(%s)
            """,
            [self.ids],
        )
        self.invalidate_recordset(["name"])


class AlarmWorkOrder(models.Model):
    _inherit = "alarm.work.order"

    checklist_ids = fields.One2many(
        "alarm.work.order.checklist", "work_order_id", string="Check-list"
    )

    def _missing(self, verb):
        missing = super()._missing(verb)
        if verb == "test" or verb == "finish" and self.state == "in_progress":
            open_lines = self.checklist_ids.filtered(
                lambda line: line.required and not line.answered
            )
            if open_lines:
                missing.append(
                    self.env._("Open on the check-list: %s.", ", ".join(open_lines.mapped("name")))
                )
        return missing

    def _on_state(self, verb):
        res = super()._on_state(verb)
        if verb == "schedule":
            self._fill_checklist()
        return res

    def _fill_checklist(self):
        """Copy what the templates ask for of such an order; answered lines stay."""
        self.ensure_one()
        wanted = self._checklist_templates().line_ids
        Line = self.env["alarm.work.order.checklist"].sudo()
        lines = self.sudo().checklist_ids
        # It was scheduled before as something else.
        lines.filtered(
            lambda line: line.template_line_id
            and line.template_line_id not in wanted
            and not line.answered
        ).unlink()
        known = lines.exists().template_line_id
        Line.create(
            [
                self._prepare_checklist_line(line, number)
                for number, line in enumerate(wanted, start=1)
                if line not in known
            ]
        )._copy_names()

    def _checklist_templates(self):
        """The templates of this kind of order, this system, this company."""
        return self.env["alarm.checklist.template"].search(
            [
                ("kind", "in", (False, self.kind)),
                ("system_type_id", "in", (False, self.system_type_id.id)),
                ("company_id", "in", (False, self.company_id.id)),
            ]
        )

    def _prepare_checklist_line(self, line, number):
        return {
            "work_order_id": self.id,
            "template_line_id": line.id,
            "sequence": number,
            "name": line.name,
            "answer": line.answer,
            "unit": line.unit,
            "required": line.required,
        }
