from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .alarm_event_code import EVENT_CLASSES, PRIORITIES


class AlarmEventRule(models.Model):
    """What is done with signals of one class, or of one code: incident or log only."""

    _name = "alarm.event.rule"
    _description = "Alarm Event Rule"
    _order = "event_class, event_code_id, id"

    event_class = fields.Selection(EVENT_CLASSES)
    event_code_id = fields.Many2one("alarm.event.code", index="btree_not_null", ondelete="cascade")
    handling = fields.Selection(
        [("incident", "Incident"), ("log", "Log Only")], required=True, default="incident"
    )
    priority = fields.Selection(PRIORITIES, help="Left empty, the priority of the code is taken.")
    active = fields.Boolean(default=True)

    _class_uniq = models.UniqueIndex(
        "(event_class) WHERE event_class IS NOT NULL AND active",
        "There is already a rule for this class.",
    )
    _code_uniq = models.UniqueIndex(
        "(event_code_id) WHERE event_code_id IS NOT NULL AND active",
        "There is already a rule for this code.",
    )

    @api.constrains("event_class", "event_code_id")
    def _check_one_subject(self):
        for rule in self:
            if bool(rule.event_class) == bool(rule.event_code_id):
                raise ValidationError(
                    self.env._("A rule is for one event class or for one event code.")
                )

    @api.depends("event_class", "event_code_id")
    def _compute_display_name(self):
        labels = dict(self._fields["event_class"]._description_selection(self.env))
        for rule in self:
            rule.display_name = rule.event_code_id.display_name or labels.get(rule.event_class, "")

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
