from odoo import api, fields, models
from odoo.exceptions import UserError

# What only a verb may set.
VERB_FIELDS = frozenset({"done", "done_on", "done_by_id"})

# Passed in the context by the verbs. Compared by identity, so nothing that arrives over RPC can be
# it.
_BY_VERB = object()


class AlarmCancellationTaskType(models.Model):
    """What is to be done when a customer leaves: the list that each cancellation begins with."""

    _name = "alarm.cancellation.task.type"
    _description = "Kind of Task of a Cancellation"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        help="collect_equipment and final_invoice are done by themselves when the removal and the "
        "invoice are.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, ondelete="restrict", help="Empty: of all companies."
    )
    applies = fields.Selection(
        [
            ("always", "Always"),
            ("equipment", "With Equipment on Site"),
            ("monitored", "With a Monitored Site"),
            ("deposit", "With a Deposit"),
        ],
        required=True,
        default="always",
    )
    days = fields.Integer(
        string="Due After (Days)", help="After the last day of service; negative: before it."
    )


class AlarmCancellationTask(models.Model):
    _name = "alarm.cancellation.task"
    _description = "Task of a Cancellation"
    _order = "date_due, sequence, id"
    _rec_names_search = ("own_name", "type_id.name")

    cancellation_id = fields.Many2one(
        "alarm.contract.cancellation", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="cancellation_id.company_id", store=True, index=True)
    type_id = fields.Many2one("alarm.cancellation.task.type", ondelete="restrict")
    name = fields.Char(
        compute="_compute_name",
        inverse="_inverse_name",
        string="Task",
        help="In the language of who reads it, where it is of the list.",
    )
    own_name = fields.Char(string="Own Task")
    sequence = fields.Integer(default=10)
    date_due = fields.Date(string="To Do By")
    user_id = fields.Many2one("res.users", string="By Whom", ondelete="restrict")
    done = fields.Boolean(readonly=True, copy=False)
    done_on = fields.Date(readonly=True, copy=False)
    done_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="restrict")
    note = fields.Char(string="Remark")
    late = fields.Boolean(compute="_compute_late")

    @api.depends("type_id.name", "own_name")
    def _compute_name(self):
        for task in self:
            task.name = task.type_id.name or task.own_name

    def _inverse_name(self):
        for task in self:
            task.own_name = False if task.type_id else task.name

    @api.depends("done", "date_due")
    def _compute_late(self):
        today = self.company_id._alarm_today()
        for task in self:
            task.late = bool(not task.done and task.date_due and task.date_due < today)

    @api.model
    def default_get(self, fields):
        # A context gives nothing that only a verb may set.
        return {
            name: False if name in VERB_FIELDS else value
            for name, value in super().default_get(fields).items()
        }

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_by_verb(name for name in VERB_FIELDS if vals.get(name))
        return super().create(vals_list)

    def write(self, vals):
        self._check_by_verb(VERB_FIELDS.intersection(vals))
        return super().write(vals)

    def _write_by_verb(self, vals):
        return self.with_context(alarm_by_verb=_BY_VERB).write(vals)

    def _check_by_verb(self, names):
        names = sorted(names)
        if names and self.env.context.get("alarm_by_verb") is not _BY_VERB:
            raise UserError(self.env._("Only the actions of a task set %s.", ", ".join(names)))

    def action_done(self):
        self.check_access("write")
        return self._set_done()

    def action_reopen(self):
        self.check_access("write")
        return self._write_by_verb({"done": False, "done_on": False, "done_by_id": False})

    def _set_done(self):
        todo = self.filtered(lambda task: not task.done)
        return todo._write_by_verb(
            {"done": True, "done_on": self.company_id._alarm_today(), "done_by_id": self.env.uid}
        )

    def _call_off(self):
        """The cancellation is withdrawn: its list is no longer to be worked off."""
        self.with_context(alarm_by_verb=_BY_VERB).unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_own(self):
        if self.env.context.get("alarm_by_verb") is _BY_VERB:
            return
        for task in self:
            if task.type_id and task.cancellation_id.state != "draft":
                raise UserError(self.env._("%s is on the list of every cancellation.", task.name))
