from odoo import api, fields, models

from ..tools.response import CALL_KINDS


class AlarmIncidentStepFinish(models.TransientModel):
    """Asks what `action_step_done` needs to know: whom and what, and one button for each outcome.

    Where a passcode may be given, the word is typed and checked here.
    """

    _name = "alarm.incident.step.finish"
    _inherit = "alarm.passcode.ask"
    _description = "Finish a Step of an Alarm Incident"

    step_id = fields.Many2one("alarm.incident.step", required=True, ondelete="cascade")
    incident_id = fields.Many2one(related="step_id.incident_id")
    subscriber_id = fields.Many2one(related="incident_id.subscriber_id")
    kind = fields.Selection(related="step_id.kind")
    name = fields.Char(related="step_id.name")
    step_state = fields.Selection(related="step_id.state")
    outcomes = fields.Char(compute="_compute_outcomes")
    is_call = fields.Boolean(compute="_compute_is")
    is_notice = fields.Boolean(compute="_compute_is")
    asks_word = fields.Boolean(compute="_compute_is")
    contact_id = fields.Many2one(compute="_compute_contact", store=True, readonly=False)
    person = fields.Char("Somebody Else", help="Who is not on the call list, by name.")
    phone = fields.Char(compute="_compute_phone", store=True, readonly=False)
    reference = fields.Char(help="Number under which it is known there.")
    note = fields.Char()

    @api.depends("step_id", "answer")
    def _compute_outcomes(self):
        """Those that may be said by hand now: never that a word was right which nobody checked."""
        for wizard in self:
            incident = wizard.incident_id
            said = wizard.step_id.outcomes or ""
            if not incident._passcode_is_proven() and incident._has_passcode():
                said = said.replace(" passcode_ok ", " ")
            wizard.outcomes = said

    @api.depends("step_id")
    def _compute_is(self):
        for wizard in self:
            step, incident = wizard.step_id, wizard.incident_id
            wizard.is_call = step.kind in CALL_KINDS
            wizard.is_notice = bool(incident._party_of(step))
            wizard.asks_word = (
                wizard.is_call or step.kind == "verify_passcode"
            ) and incident._has_words()

    @api.depends("step_id")
    def _compute_contact(self):
        for wizard in self:
            meant = wizard.kind == "call_contact" and wizard.incident_id.next_contact_id
            wizard.contact_id = wizard.contact_id or meant

    @api.depends("contact_id")
    def _compute_phone(self):
        for wizard in self:
            premises = wizard.kind == "call_premises" and wizard.subscriber_id.phone
            wizard.phone = wizard.contact_id.phone or premises

    def action_apply(self):
        for wizard in self:
            details = {}
            if wizard.is_call:
                details = {
                    "contact_id": wizard.contact_id.id,
                    "phone": wizard.phone or "",
                    "name": wizard.person or "",
                }
            elif wizard.is_notice:
                details = {"reference": wizard.reference or ""}
            wizard.incident_id.action_step_done(
                wizard.step_id.id,
                self.env.context.get("alarm_outcome", ""),
                wizard.note or "",
                **details,
            )
        return {"type": "ir.actions.act_window_close"}

    def _window_name(self):
        return self.env._("Finish Step")

    def _verify(self, word):
        return self.incident_id.action_verify_passcode(word, self.contact_id.id, self.step_id.id)


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
