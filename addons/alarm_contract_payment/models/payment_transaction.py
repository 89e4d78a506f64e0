from odoo import api, fields, models
from odoo.exceptions import LockError, ValidationError

from .alarm_collection_work import PAYING_NOW


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    @api.model_create_multi
    def create(self, vals_list):
        transactions = super().create(vals_list)
        own = {"offline", "refund", "validation"}
        transactions.filtered(lambda one: one.operation not in own)._check_not_collected()
        return transactions

    def _check_not_collected(self):
        """Nobody pays on the portal what is being collected from him at this moment. The lock is
        the one under which the job begins: whoever of the two is first, the other sees it."""
        # As superuser: who pays reads no collections.
        collections = self.env["alarm.collection"].sudo()
        of_these = collections.search([("move_id", "in", self.invoice_ids.ids)])
        if not of_these:
            return
        being_collected = self.env._("This is being collected already: there is nothing to pay.")
        try:
            of_these.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise ValidationError(being_collected) from error
        if any(one.state == "on_way" and not one.due_on for one in of_these):
            raise ValidationError(being_collected)

    def _update_state(self, allowed_states, target_state, state_message):
        updated = super()._update_state(allowed_states, target_state, state_message)
        # As superuser, as Odoo does this: a provider's answer writes what it is about.
        collections = self.env["alarm.collection"].sudo()
        for transaction in updated.sudo():
            concerned = collections.search([("move_id", "in", transaction.invoice_ids.ids)])
            concerned._take_answer(transaction)
        return updated

    def _post_process(self):
        result = super()._post_process()
        invoices = self.filtered(lambda one: one.state == "done").invoice_ids
        collections = self.env["alarm.collection"].sudo()
        collections.search([("move_id", "in", invoices.ids)])._plan_rest()
        return result

    def _is_paying(self, now):
        """Whether this may still pay, or has paid without its being booked: who asks for the money
        again asks twice."""
        self.ensure_one()
        if self.state == "done":
            return not self.is_post_processed
        if self.state in ("draft", "pending") and self.last_state_change > fields.Datetime.subtract(
            now, seconds=PAYING_NOW.total_seconds()
        ):
            return True
        # A bank that takes days. A promise to transfer by hand is nothing on its way.
        return self.state in ("pending", "authorized") and self.provider_code not in (
            "none",
            "custom",
        )
