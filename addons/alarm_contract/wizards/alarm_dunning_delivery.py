from odoo import fields, models


class AlarmDunningDelivery(models.TransientModel):
    """Asks when and how a letter was delivered. From that day the period of a notice runs."""

    _name = "alarm.dunning.delivery"
    _description = "Delivery of a Letter"

    step_ids = fields.Many2many("alarm.dunning.step", string="Steps", required=True)
    delivered_on = fields.Date(required=True, default=lambda self: self.env.company._alarm_today())
    note = fields.Char(
        string="How", required=True, help="E.g. registered letter 4711, handed over to Mr Wang."
    )

    def action_apply(self):
        for wizard in self:
            wizard.step_ids._note_delivery(wizard.delivered_on, wizard.note)
        return {"type": "ir.actions.act_window_close"}
