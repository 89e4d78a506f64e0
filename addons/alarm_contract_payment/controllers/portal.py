from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request

from odoo.addons.alarm_contract.controllers.portal import ContractPortal


class AutopayPortal(ContractPortal):
    """The payer switches automatic payment on and off."""

    def _contract_get_page_view_values(self, contract, access_token, **kwargs):
        values = super()._contract_get_page_view_values(contract, access_token, **kwargs)
        # By the token in a link anybody reads the page; only who is logged in and pays sees what he
        # has stored, and uses it.
        user = request.env.user
        mine = not user._is_public() and contract._may_switch_autopay(user)
        values["autopay_tokens"] = contract._get_autopay_tokens(user) if mine else None
        return values

    @http.route(
        ["/my/contracts/<int:contract_id>/autopay"],
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_contract_autopay(self, contract_id, token_id=None, **kw):
        """Pay by `token_id` from now on; without one: not automatically any more."""
        try:
            # As a user of his own: a link that was passed on pays nothing.
            contract_sudo = self._document_check_access("contract.contract", contract_id)
        except (AccessError, MissingError):
            return request.redirect("/my")
        user = request.env.user
        if contract_sudo.alarm_state == "draft" or not contract_sudo._may_switch_autopay(user):
            return request.redirect("/my")
        url = contract_sudo.get_portal_url()
        if not token_id:
            contract_sudo._switch_autopay_off(request.env._("By %s.", user.name))
            return request.redirect(url)
        tokens = contract_sudo._get_autopay_tokens(user)
        token = tokens.filtered(lambda one: str(one.id) == token_id)
        if not token:
            return request.redirect(f"{url}&autopay=refused")
        try:
            contract_sudo._switch_autopay_on(token, request.env._("%s, on the portal", user.name))
        except UserError:
            return request.redirect(f"{url}&autopay=refused")
        return request.redirect(url)
