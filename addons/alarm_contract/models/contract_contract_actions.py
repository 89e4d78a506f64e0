from odoo import fields, models


class ContractContract(models.Model):
    """What the buttons of a contract open, and in which form it opens itself."""

    _inherit = "contract.contract"

    is_due = fields.Boolean(compute="_compute_is_due")
    invoice_ids = fields.Many2many(
        "account.move", compute="_compute_invoice_ids", string="Invoices"
    )

    def _compute_is_due(self):
        today = self.company_id._alarm_today()
        charges = self.env["alarm.charge"]
        open_charges = charges.search(
            [("contract_id", "in", self.ids), *charges._domain_open(today)]
        )
        waiting = open_charges.contract_id
        for contract in self:
            contract.is_due = contract.alarm_state != "draft" and (
                contract in waiting
                or bool(contract.recurring_next_date and contract.recurring_next_date <= today)
            )

    def _compute_invoice_ids(self):
        for contract in self:
            contract.invoice_ids = contract._get_invoices()

    def get_formview_id(self, access_uid=None):
        if self.business_model_id:
            return self.env.ref("alarm_contract.contract_contract_view_form").id
        return super().get_formview_id(access_uid=access_uid)

    def action_charge(self):
        """Charge what is due today, of these contracts only."""
        self.check_access("write")
        moves = self._charge(self.company_id._alarm_today())
        return self._action_view_moves(moves) if moves else True

    def action_view_charges(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("alarm_contract.alarm_charge_action")
        action["domain"] = [("contract_id", "in", self.ids)]
        action["context"] = {}
        return action

    def action_view_invoices(self):
        return self._action_view_moves(self._get_invoices())

    def _get_invoices(self):
        """Invoices of these contracts, credit notes included."""
        lines = self.env["account.move.line"].search(
            [("contract_line_id.contract_id", "in", self.ids)]
        )
        return (lines.move_id | self.charge_ids.move_id).sorted(
            lambda move: (move.date, move.id), reverse=True
        )

    def _action_view_moves(self, moves):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        action["domain"] = [("id", "in", moves.ids)]
        action["context"] = {"default_move_type": "out_invoice"}
        if len(moves) == 1:
            action.update({"views": [(False, "form")], "view_mode": "form", "res_id": moves.id})
        return action
