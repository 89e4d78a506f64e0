from odoo import models


class PaymentToken(models.Model):
    _inherit = "payment.token"

    def _handle_archiving(self):
        """Who deletes what he has stored pays nothing by it any more."""
        result = super()._handle_archiving()
        # As superuser, as Odoo calls this: the owner of a payment method writes no contracts.
        contracts = self.env["contract.contract"].sudo()
        contracts.search([("autopay_token_id", "in", self.ids)])._switch_autopay_off(
            self.env._("The payment method was deleted.")
        )
        return result

    def get_linked_records_info(self):
        infos = super().get_linked_records_info()
        contracts = self.env["contract.contract"]
        if not contracts.has_access("read"):
            return infos
        # What the user may read himself, no more.
        return infos + [
            {
                "description": self.env._("Contract"),
                "id": contract.id,
                "name": contract.name,
                "url": contract.get_portal_url(),
            }
            for contract in contracts.search([("autopay_token_id", "=", self.id)])
        ]

    def _why_not_of(self, payer):
        """Why this does not pay what `payer` owes; None: it does."""
        self.ensure_one()
        if self.partner_id.commercial_partner_id != payer.commercial_partner_id:
            return self.env._(
                "%(token)s is of %(owner)s, not of the payer of this invoice.",
                token=self.display_name,
                owner=self.partner_id.display_name,
            )
        return None
