from odoo import api, fields, models


class AlarmDispatchReason(models.TransientModel):
    """Asks what `action_decline` and `action_cancel` need to know."""

    _name = "alarm.dispatch.reason"
    _description = "Reason for an Order"

    dispatch_id = fields.Many2one("alarm.dispatch", required=True, ondelete="cascade")
    verb = fields.Selection(
        [("accept", "Accept"), ("decline", "Decline"), ("cancel", "Cancel")], required=True
    )
    responder_id = fields.Many2one(
        "alarm.responder", domain="[('id', 'in', responder_ids)]", ondelete="cascade"
    )
    responder_ids = fields.Many2many(
        "alarm.responder", string="Who May Answer", compute="_compute_responder_ids"
    )
    reason = fields.Char()

    @api.depends("dispatch_id")
    def _compute_responder_ids(self):
        for wizard in self:
            members = wizard.dispatch_id.member_ids
            wizard.responder_ids = members.filtered(
                lambda one: one.state in ("invited", "accepted")
            ).responder_id

    def action_apply(self):
        for wizard in self:
            order, responder = wizard.dispatch_id, wizard.responder_id.id
            if wizard.verb == "accept":
                order.action_accept(responder)
            elif wizard.verb == "decline":
                order.action_decline(wizard.reason, responder)
            else:
                order.action_cancel(wizard.reason)
        return {"type": "ir.actions.act_window_close"}
