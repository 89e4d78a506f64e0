from odoo import api, fields, models


class AlarmIncidentResolve(models.TransientModel):
    """Asks what `action_resolve` needs to know."""

    _name = "alarm.incident.resolve"
    _description = "Resolve an Alarm Incident"

    incident_id = fields.Many2one("alarm.incident", required=True, ondelete="cascade")
    resolution_id = fields.Many2one(
        "alarm.resolution",
        compute="_compute_resolution",
        store=True,
        readonly=False,
        required=True,
        ondelete="cascade",
    )
    note = fields.Text()

    @api.depends("incident_id")
    def _compute_resolution(self):
        for wizard in self:
            wizard.resolution_id = (
                wizard.resolution_id or wizard.incident_id.suggested_resolution_id
            )

    def action_apply(self):
        for wizard in self:
            wizard.incident_id.action_resolve(wizard.resolution_id.code, wizard.note or "")
        return {"type": "ir.actions.act_window_close"}
