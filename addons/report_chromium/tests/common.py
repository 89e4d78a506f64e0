import base64
import io
import os
import stat
import textwrap

from PIL import Image
from pypdf import PdfReader

from odoo.tests import TransactionCase, new_test_user

LINES = 55  # rows of a table: three pages of A4

TEMPLATE = """
<t t-name="report_chromium.test_document">
  <t t-call="web.html_container">
    <t t-foreach="docs" t-as="o">
      <t t-call="web.external_layout">
        <div class="page">
          <h2>Statement of <span t-out="o.name"/></h2>
          <img t-attf-src="/web/image/res.partner/{{o.id}}/image_128" style="width: 40px"/>
          <img t-attf-src="/report/barcode/Code128/{{o.id}}" style="width: 60mm; height: 12mm"/>
          <table class="table">
            <thead><tr><th>Column Head</th><th>价格</th></tr></thead>
            <tbody>
              <tr t-foreach="range(int(o.ref or 1))" t-as="row">
                <td>监控服务 row <t t-out="row"/></td><td>100.50</td>
              </tr>
            </tbody>
          </table>
        </div>
      </t>
    </t>
  </t>
</t>
"""


def pages(pdf):
    """The text of each page."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def page_sizes(pdf):
    """Width and height of each page, in whole millimetres."""
    boxes = [page.mediabox for page in PdfReader(io.BytesIO(pdf)).pages]
    return [tuple(round(float(side) / 72 * 25.4) for side in (b.width, b.height)) for b in boxes]


def picture(colour):
    """A PNG, as a binary field holds it."""
    data = io.BytesIO()
    Image.new("RGB", (64, 64), colour).save(data, "PNG")
    return base64.b64encode(data.getvalue())


def program(folder, script):
    """A program that can be run in place of the browser."""
    path = os.path.join(folder, "browser")
    with open(path, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\n" + textwrap.dedent(script))
    os.chmod(path, stat.S_IRWXU)
    return path


class ReportCase(TransactionCase):
    """A report on contacts: letterhead, picture, barcode, and a table of `ref` rows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.company = cls.env.company
        cls.company.write(
            {
                "external_report_layout_id": cls.env.ref("web.external_layout_standard").id,
                "paperformat_id": cls.env.ref("base.paperformat_euro").id,
                "company_details": "<p>Letterhead Line</p>",
                "report_footer": "<p>Footer Line</p>",
            }
        )
        cls.env["ir.ui.view"].create(
            {
                "type": "qweb",
                "name": "test document",
                "key": "report_chromium.test_document",
                "arch": TEMPLATE,
            }
        )
        cls.report = cls.env["ir.actions.report"].create(
            {
                "name": "Test Statement",
                "model": "res.partner",
                "report_name": "report_chromium.test_document",
                "report_type": "qweb-pdf",
            }
        )
        cls.long, cls.short = cls.env["res.partner"].create(
            [
                {"name": "Long 长客户", "ref": str(LINES), "image_1920": picture("red")},
                {"name": "Short 短客户", "ref": "2", "image_1920": picture("blue")},
            ]
        )

        groups = "base.group_user,base.group_partner_manager"
        cls.printer = new_test_user(cls.env, "t-printer", groups)

    def set_parameter(self, key, value):
        self.env["ir.config_parameter"].set_param(f"report_chromium.{key}", value)

    def render(self, records, **context):
        """The PDF that a user gets who prints `records`."""
        report = self.env["ir.actions.report"].with_user(self.printer)
        report = report.with_context(force_report_rendering=True, **context)
        content, kind = report._render_qweb_pdf(self.report.report_name, records.ids)
        self.assertEqual(kind, "pdf")
        return content

    def run_bodies(self, *bodies, **arguments):
        """The PDF of HTML bodies."""
        return self.env["ir.actions.report"]._run_wkhtmltopdf(list(bodies), **arguments)
