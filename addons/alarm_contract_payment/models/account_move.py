from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    alarm_collection_ids = fields.One2many(
        "alarm.collection",
        "move_id",
        string="Automatic Payment",
        readonly=True,
        groups="account.group_account_invoice",
    )

    def action_view_alarm_collection(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "alarm_contract_payment.alarm_collection_action"
        )
        action.update({"domain": [("move_id", "in", self.ids)], "context": {}})
        return action

    def _post(self, soft=True):
        posted = super()._post(soft)
        # As superuser: who posts an invoice does not say how it is paid.
        self.env["alarm.collection"].sudo()._plan(posted)
        return posted

    def button_draft(self):
        result = super().button_draft()
        self._end_collections(self.env._("The invoice was reset."))
        return result

    def button_cancel(self):
        result = super().button_cancel()
        self._end_collections(self.env._("The invoice was cancelled."))
        return result

    def _invoice_paid_hook(self):
        result = super()._invoice_paid_hook()
        self._end_collections(False)
        return result

    def _end_collections(self, reason):
        # As superuser: it follows from what was done with the invoice.
        self.sudo().alarm_collection_ids._void(reason)

    def _has_to_be_paid(self):
        return super()._has_to_be_paid() and not self._is_being_collected()

    def _get_online_payment_error(self):
        error = super()._get_online_payment_error()
        if self._is_being_collected():
            ours = self.env._("This is being collected already: there is nothing to pay.")
            return "\n".join(filter(None, (error, ours)))
        return error

    def _is_being_collected(self):
        # As superuser: who pays reads no collections.
        return any(
            one.state == "on_way" and not one.due_on for one in self.sudo().alarm_collection_ids
        )

    def _get_payment_announcement(self):
        announcement = super()._get_payment_announcement()
        collection = self.sudo().alarm_collection_ids
        return (collection and collection._get_announcement()) or announcement

    def _get_payment_words(self):
        words = super()._get_payment_words()
        announcement = self._get_payment_announcement()
        if announcement and not self.currency_id.is_zero(self.amount_residual):
            return "info", announcement
        return words
