from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.contract.controllers.main import PortalContract


class ContractPortal(PortalContract):
    """The customer reads the own contracts: what was agreed, what is charged next and why, what
    was paid. The page of a contract of the centre takes the place of that of a plain one."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if values.get("contract_count"):
            contracts = request.env["contract.contract"]
            values["contract_count"] = contracts.search_count(self._get_filter_domain({}))
        return values

    def _get_filter_domain(self, kw):
        # What nobody has signed is no contract yet. Rules leave a customer only the own ones.
        return Domain(super()._get_filter_domain(kw)) & (
            Domain("business_model_id", "=", False) | Domain("alarm_state", "!=", "draft")
        )

    @http.route()
    def portal_my_contract_detail(self, contract_contract_id, access_token=None, **kw):
        try:
            contract_sudo = self._document_check_access(
                "contract.contract", contract_contract_id, access_token
            )
        except (AccessError, MissingError):
            return request.redirect("/my")
        if not contract_sudo.business_model_id:
            return super().portal_my_contract_detail(
                contract_contract_id, access_token=access_token, **kw
            )
        if contract_sudo.alarm_state == "draft":
            return request.redirect("/my")
        values = self._contract_get_page_view_values(contract_sudo, access_token, **kw)
        values.update(contract_sudo._prepare_portal_values())
        return request.render("alarm_contract.portal_contract_page", values)
