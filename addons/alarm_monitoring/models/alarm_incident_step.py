from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.response import ALLOWED, KINDS, OUTCOMES

STEP_STATES = [
    ("pending", "To Do"),
    ("current", "Now"),
    ("done", "Done"),
    ("skipped", "Skipped"),
]


class AlarmIncidentStep(models.Model):
    """A step of the plan as one incident has it: a copy, so that who changes a plan changes nothing
    of what is under way or over."""

    _name = "alarm.incident.step"
    _description = "Step of an Alarm Incident"
    _order = "incident_id, number"
    _log_access = False

    incident_id = fields.Many2one(
        "alarm.incident", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="incident_id.company_id")
    plan_id = fields.Many2one("alarm.response.plan", readonly=True, ondelete="set null")
    number = fields.Integer(required=True, readonly=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    name = fields.Char("Instruction", required=True, readonly=True, translate=True)
    mandatory = fields.Boolean(readonly=True)
    branches = fields.Json(readonly=True, help="Outcome → what it leads to, see tools/response.py.")
    state = fields.Selection(STEP_STATES, required=True, readonly=True, default="pending")
    outcome = fields.Selection(OUTCOMES, readonly=True)
    note = fields.Char(readonly=True)
    by_id = fields.Many2one("res.users", string="By", readonly=True, ondelete="restrict")
    at = fields.Datetime(readonly=True)
    outcomes = fields.Char(
        compute="_compute_outcomes",
        help="The outcomes that this step may have.",
    )
    may_leave_out = fields.Boolean(compute="_compute_may_leave_out")

    _number_uniq = models.UniqueIndex("(incident_id, number)")

    @api.depends("kind")
    def _compute_outcomes(self):
        for step in self:
            # A space on both sides of each: views ask whether one of them is in it.
            step.outcomes = f" {' '.join(ALLOWED.get(step.kind, ()))} "

    @api.depends("state", "mandatory")
    @api.depends_context("uid")
    def _compute_may_leave_out(self):
        for step in self:
            step.may_leave_out = step.state in ("pending", "current") and (
                not step.mandatory or step.incident_id._is_supervisor()
            )

    def action_open(self):
        """The window in which this step is done."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "alarm_monitoring.alarm_incident_step_finish_action"
        )
        return action | {"context": {"default_step_id": self.id}}

    # Evidence is refused always; `ondelete` would let an uninstallation take it row by row.
    def unlink(self):
        if self:
            # pylint: disable-next=no-raise-unlink
            raise UserError(self.env._("The steps of an incident are evidence and stay."))
        return super().unlink()
