from odoo import fields, models


class AlarmIncidentStepFinish(models.TransientModel):
    """Asks what `action_step_done` needs to know: one button for each outcome."""

    _name = "alarm.incident.step.finish"
    _description = "Finish a Step of an Alarm Incident"

    step_id = fields.Many2one("alarm.incident.step", required=True, ondelete="cascade")
    kind = fields.Selection(related="step_id.kind")
    name = fields.Char(related="step_id.name")
    outcomes = fields.Char(related="step_id.outcomes")
    note = fields.Char()

    def action_apply(self):
        for wizard in self:
            wizard.step_id.incident_id.action_step_done(
                wizard.step_id.id, self.env.context.get("alarm_outcome", ""), wizard.note or ""
            )
        return {"type": "ir.actions.act_window_close"}


class AlarmIncidentStepLeave(models.TransientModel):
    """Asks what `action_step_skip` needs to know."""

    _name = "alarm.incident.step.leave"
    _description = "Leave Out a Step of an Alarm Incident"

    step_id = fields.Many2one("alarm.incident.step", required=True, ondelete="cascade")
    name = fields.Char(related="step_id.name")
    reason = fields.Char(required=True)

    def action_apply(self):
        for wizard in self:
            wizard.step_id.incident_id.action_step_skip(wizard.step_id.id, wizard.reason)
        return {"type": "ir.actions.act_window_close"}
