from odoo import api, fields, models

from ..tools.response import CALL_OUTCOMES, OUTCOMES


class AlarmIncidentCallLog(models.TransientModel):
    """Asks what `action_log_call` needs to know."""

    _name = "alarm.incident.call.log"
    _description = "Log a Call of an Alarm Incident"

    incident_id = fields.Many2one("alarm.incident", required=True, ondelete="cascade")
    subscriber_id = fields.Many2one(related="incident_id.subscriber_id")
    contact_id = fields.Many2one(
        "alarm.contact",
        compute="_compute_contact",
        store=True,
        readonly=False,
        domain="[('subscriber_id', '=', subscriber_id)]",
        ondelete="cascade",
        help="Empty for somebody who is not on the call list.",
    )
    name = fields.Char("Person")
    phone = fields.Char(compute="_compute_phone", store=True, readonly=False)
    outcome = fields.Selection(
        [pair for pair in OUTCOMES if pair[0] in CALL_OUTCOMES], required=True
    )
    note = fields.Char()

    @api.depends("incident_id")
    def _compute_contact(self):
        for wizard in self:
            wizard.contact_id = wizard.contact_id or wizard.incident_id.next_contact_id

    @api.depends("contact_id")
    def _compute_phone(self):
        for wizard in self:
            wizard.phone = wizard.contact_id.phone

    def action_apply(self):
        for wizard in self:
            wizard.incident_id.action_log_call(
                wizard.contact_id.id,
                wizard.outcome,
                wizard.note or "",
                phone=wizard.phone or "",
                name=wizard.name or "",
            )
        return {"type": "ir.actions.act_window_close"}
