import json

from odoo.http import Request
from odoo.tests import HttpCase, tagged

from .common import ReportCase, page_sizes, pages


@tagged("post_install", "-at_install")
class TestRoutes(HttpCase, ReportCase):
    """What the web client and the browser of a user ask for."""

    def setUp(self):
        super().setUp()
        self.authenticate(self.printer.login, self.printer.login)
        # Odoo prints nothing while it is tested unless it is told to.
        self.context = json.dumps({"force_report_rendering": True})

    def download(self, url):
        return self.url_open(
            "/report/download",
            data={
                "data": json.dumps([url, "qweb-pdf"]),
                "context": self.context,
                "csrf_token": Request.csrf_token(self),
            },
        )

    def test_report_is_downloaded(self):
        url = f"/report/pdf/{self.report.report_name}/{self.short.id},{self.long.id}"
        response = self.download(url)
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        self.assertIn("Test%20Statement.pdf", response.headers["Content-Disposition"])
        texts = pages(response.content)
        self.assertEqual(len(texts), 4)
        self.assertIn("Short", texts[0])
        self.assertEqual(set(page_sizes(response.content)), {(210, 297)})

    def test_problem_reaches_the_user_in_words(self):
        self.set_parameter("timeout", "none")
        url = f"/report/pdf/{self.report.report_name}/{self.short.id}"
        with self.assertLogs("odoo.addons.web.controllers.report", "WARNING"):
            response = self.download(url)
        self.assertIn("report_chromium.timeout", response.text)

    def test_web_client_is_told_that_it_may_print(self):
        response = self.url_open(
            "/report/check_wkhtmltopdf", json={"jsonrpc": "2.0", "method": "call", "params": {}}
        )
        self.assertEqual(response.json()["result"], "ok")
