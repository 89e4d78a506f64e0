from odoo import models

from odoo.addons.alarm_monitoring.tools.transaction import own_transaction

# Contracts whose preview is reckoned in one go.
CHUNK = 500


class AlarmBillingRun(models.Model):
    """The preview: the same reckoning as when it is invoiced, and nothing made of it."""

    _inherit = "alarm.billing.run"

    def _reckon(self):
        """Reckon what some more contracts owe; how many, 0 when all are known."""
        items = self.env["alarm.billing.run.item"].search(
            [("run_id", "=", self.id), ("reckoned", "=", False)], limit=CHUNK
        )
        if items:
            self._reckon_together(items)
        return len(items)

    def _reckon_together(self, items):
        try:
            with own_transaction(self.env):
                self._expect(items)
        except Exception as error:
            if len(items) > 1:
                middle = len(items) // 2
                self._reckon_together(items[:middle])
                self._reckon_together(items[middle:])
                return
            with own_transaction(self.env):
                items.sudo().write({"reckoned": True})
                items._fail(self._reason_of(error))

    def _expect(self, items):
        contracts = items.contract_id
        values = [
            values
            for values in contracts._prepare_due(self.date)
            if values.get("state") != "waived"
        ]
        still_open = contracts._get_open_charges(self.date)
        values += [charge._prepare_preview_values() for charge in still_open]
        by_contract = {}
        for one in values:
            by_contract.setdefault(one["contract_id"], []).append(one)
        items._expect(by_contract)
        problems = contracts._get_billing_problems()
        for item in items.filtered(lambda item: item.contract_id.id in problems):
            item._fail("\n".join(problems[item.contract_id.id]))
