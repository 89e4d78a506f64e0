from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.sale.controllers.portal import CustomerPortal


class ProtectionPlanPortal(CustomerPortal):
    """The customer reads the protection plan and signs it with the quotation."""

    @http.route(
        "/my/orders/<int:order_id>/protection-plan", type="http", auth="public", website=True
    )
    def portal_protection_plan(self, order_id, access_token=None, download=False):
        try:
            order_sudo = self._document_check_access(
                "sale.order", order_id, access_token=access_token
            )
        except (AccessError, MissingError):
            return request.redirect("/my")
        if not order_sudo.survey_id:
            return request.redirect(order_sudo.get_portal_url())
        return self._show_report(
            model=order_sudo,
            report_type="pdf",
            report_ref="alarm_sale.report_protection_plan",
            download=download,
        )

    @http.route()
    def portal_quote_accept(self, order_id, access_token=None, name=None, signature=None):
        res = super().portal_quote_accept(
            order_id, access_token=access_token, name=name, signature=signature
        )
        if res.get("force_refresh"):
            # The quotation was signed just now, and its access was checked on the way.
            access_token = access_token or request.httprequest.args.get("access_token")
            order_sudo = self._document_check_access(
                "sale.order", order_id, access_token=access_token
            )
            order_sudo._keep_signed_plan()
        return res
