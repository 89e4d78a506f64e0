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
            contract._ask_equipment_back(
                contract.subscriber_ids, self._get_collect_day(), named=True
            )
        return result

    def _get_collect_day(self):
        """By when the equipment is to be collected."""
        collect = self.task_ids.filtered(lambda task: task.type_id.code == "collect_equipment")
        return max(filter(None, (self.effective_date, *collect.mapped("date_due"))))

    def _undo(self, reason):
        result = super()._undo(reason)
        contract = self.contract_id
        # Whichever contract asked: it is served with these again. What was asked back when a site
        # left before stays asked. As superuser: a clerk keeps no cards.
        asked = self.env["alarm.device"].sudo()
        asked.search(
            [
                ("return_contract_id", "!=", False),
                "|",
                ("subscriber_id", "in", contract.subscriber_ids.ids),
                ("id", "in", contract.device_ids.ids),
            ]
        ).return_due = False
        return result
