from werkzeug.exceptions import Forbidden

from odoo import http
from odoo.http import content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class RegisterBook(http.Controller):
    """The register as a workbook to download."""

    @http.route("/alarm_subscriber/register_template", type="http", auth="user", readonly=True)
    def template(self):
        self._check("create")
        return self._answer(request.env["alarm.register.book"]._template(), "template")

    @http.route("/alarm_subscriber/register_export", type="http", auth="user", readonly=True)
    def export(self, ids=""):
        self._check("read")
        numbers = [int(number) for number in ids.split(",") if number.isdigit()]
        # The user's own rules decide which of them there are.
        subscribers = request.env["alarm.subscriber"].search([("id", "in", numbers)])
        return self._answer(request.env["alarm.register.book"]._export(subscribers), "subscribers")

    def _check(self, operation):
        if not request.env["alarm.subscriber"].has_access(operation):
            raise Forbidden()

    def _answer(self, content, name):
        return request.make_response(
            content,
            [("Content-Type", XLSX), ("Content-Disposition", content_disposition(f"{name}.xlsx"))],
        )
