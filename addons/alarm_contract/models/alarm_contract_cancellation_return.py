from odoo import fields, models


class AlarmContractCancellation(models.Model):
    """The equipment that is to be collected when a customer leaves."""

    _inherit = "alarm.contract.cancellation"

    due_back_ids = fields.Many2many(
        "alarm.device",
        compute="_compute_due_back_ids",
        string="Still to Be Collected",
        groups="alarm_contract.group_clerk",
    )

    def _compute_due_back_ids(self):
        devices = (
            self.env["alarm.device"]
            .search([("return_contract_id", "in", self.contract_id.ids)])
            .grouped("return_contract_id")
        )
        for cancellation in self:
            known = cancellation.state in ("pending", "done")
            cancellation.due_back_ids = known and devices.get(cancellation.contract_id)

    def _confirm(self):
        result = super()._confirm()
        contract = self.contract_id
        if not contract._is_equipment_given(self.early):
            collect = self.task_ids.filtered(lambda task: task.type_id.code == "collect_equipment")
            due = max(filter(None, (self.effective_date, *collect.mapped("date_due"))))
            contract._ask_equipment_back(contract.subscriber_ids, due, named=True)
        return result

    def _undo(self, reason):
        result = super()._undo(reason)
        # As superuser: a clerk keeps no cards.
        asked = self.env["alarm.device"].sudo()
        asked.search([("return_contract_id", "in", self.contract_id.ids)]).return_due = False
        return result
