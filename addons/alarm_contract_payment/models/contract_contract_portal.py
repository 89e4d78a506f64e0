from odoo import models


class ContractContract(models.Model):
    """What the payer sees of automatic payment."""

    _inherit = "contract.contract"

    def _may_switch_autopay(self, user):
        """Whether this user pays the contract."""
        self.ensure_one()
        payer = self._payer().commercial_partner_id
        return user.partner_id.commercial_partner_id == payer and self._is_paid_by_customer()

    def _get_autopay_tokens(self, user):
        """What this user has stored and may pay by; not what a colleague has."""
        # As superuser, of this user only: the page is drawn so, too.
        tokens = self.env["payment.token"].sudo().search([("partner_id", "=", user.partner_id.id)])
        return tokens.filtered(lambda token: not self._why_not_autopay(token))
