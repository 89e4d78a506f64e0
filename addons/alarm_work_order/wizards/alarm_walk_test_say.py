from odoo import fields, models


class AlarmWalkTestSay(models.TransientModel):
    """Asks for the words that a verb of the walk test needs: why a test is waived, what a finding
    was, who took the codes."""

    _name = "alarm.walk.test.say"
    _description = "Say Something for a Walk Test"

    line_ids = fields.Many2many("alarm.walk.test.line", string="Tests to Waive")
    finding_ids = fields.Many2many("alarm.walk.test.finding", string="Findings")
    work_order_id = fields.Many2one("alarm.work.order", ondelete="cascade")
    words = fields.Char(required=True)

    def action_apply(self):
        for wizard in self:
            if wizard.line_ids:
                wizard.line_ids.action_waive(wizard.words)
            if wizard.finding_ids:
                wizard.finding_ids.action_explain(wizard.words)
            if wizard.work_order_id:
                wizard.work_order_id.action_give_codes(wizard.words)
        return {"type": "ir.actions.act_window_close"}
