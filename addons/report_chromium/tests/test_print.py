import io

from pypdf import PdfReader

from odoo.tests import tagged

from .common import LINES, ReportCase, page_sizes, pages


@tagged("post_install", "-at_install")
class TestPrint(ReportCase):
    def test_every_page_has_letterhead_number_and_table_head(self):
        texts = pages(self.render(self.long))
        self.assertEqual(len(texts), 3)
        for number, text in enumerate(texts, start=1):
            self.assertIn("Letterhead Line", text)
            self.assertIn("Footer Line", text)
            self.assertRegex(text, rf"\b{number} ?/ ?3\b")
            self.assertIn("Column Head", text)
            self.assertIn("价格", text)
        whole = "".join(texts)
        self.assertEqual(whole.count("监控服务"), LINES)
        self.assertEqual(whole.count("Statement of"), 1)
        self.assertIn("长客户", texts[0])

    def test_pictures_and_barcodes_are_printed(self):
        self.env.company.logo = False
        images = PdfReader(io.BytesIO(self.render(self.short))).pages[0].images
        self.assertEqual(len(images), 2)
        colours = {image.image.convert("RGB").getpixel((5, 5)) for image in images}
        self.assertIn((0, 0, 255), colours)

    def test_page_numbers_begin_anew_with_each_record(self):
        texts = pages(self.render(self.long | self.short))
        self.assertEqual(len(texts), 4)
        self.assertRegex(texts[2], r"\b3 ?/ ?3\b")
        self.assertRegex(texts[3], r"\b1 ?/ ?1\b")
        self.assertIn("短客户", texts[3])

    def test_each_record_gets_its_own_attachment(self):
        self.report.attachment = "'Statement-%s.pdf' % object.id"
        self.render(self.short | self.long)
        for record, count in ((self.short, 1), (self.long, 3)):
            attachment = self.report.retrieve_attachment(record)
            texts = pages(attachment.raw)
            self.assertEqual(len(texts), count)
            self.assertIn(record.name[-3:], texts[0])

    def test_one_page_per_record_is_cut_too(self):
        self.report.attachment = "'Statement-%s.pdf' % object.id"
        other = self.short.copy({"name": "Third", "ref": "1"})
        self.render(self.short | other)
        self.assertIn("Third", pages(self.report.retrieve_attachment(other).raw)[0])
        self.assertIn("Short", pages(self.report.retrieve_attachment(self.short).raw)[0])

    def test_saved_attachment_is_used_again(self):
        self.report.write({"attachment": "'S-%s.pdf' % object.id", "attachment_use": True})
        self.render(self.short)
        self.short.name = "Renamed"
        self.assertNotIn("Renamed", pages(self.render(self.short))[0])
        [_, third] = [self.short, self.long]
        self.assertIn("Long", pages(self.render(self.short | third))[1])

    def test_paper_of_the_report_is_used(self):
        paper = self.env["report.paperformat"].create(
            {"name": "A5 turned", "format": "A5", "orientation": "Landscape", "margin_top": 30}
        )
        self.report.paperformat_id = paper
        self.assertEqual(set(page_sizes(self.render(self.short))), {(210, 148)})

    def test_landscape_of_the_call_turns_the_page(self):
        self.assertEqual(set(page_sizes(self.render(self.short, landscape=True))), {(297, 210)})

    def test_labels_of_a_custom_size(self):
        self.report.paperformat_id = self.env["report.paperformat"].create(
            {
                "name": "Label",
                "format": "custom",
                "page_width": 62,
                "page_height": 40,
                "orientation": "Portrait",
                "margin_top": 12,
                "margin_bottom": 6,
                "header_spacing": 12,
                "disable_shrinking": True,
                "dpi": 96,
            }
        )
        sizes = page_sizes(self.render(self.short))
        self.assertEqual(set(sizes), {(62, 40)})

    def test_bodies_without_header_and_footer(self):
        pdf = self.run_bodies("<p>one</p>", "<p>two</p>", landscape=True)
        self.assertEqual([text.strip() for text in pages(pdf)], ["one", "two"])
        self.assertEqual(page_sizes(pdf), [(297, 210)] * 2)

    def test_header_that_is_no_list_of_headers_is_on_every_page(self):
        tall = "<div style='height: 400mm'>tall</div>"
        pdf = self.run_bodies(
            tall,
            "<p>low</p>",
            header="<html><body>Head <span class='page'></span></body></html>",
            specific_paperformat_args={"data-report-margin-top": 30},
        )
        texts = pages(pdf)
        self.assertEqual([text.count("Head") for text in texts], [1] * len(texts))
        self.assertIn("Head 2", texts[1])
        self.assertIn("Head 1", texts[-1])

    def test_every_layout_of_odoo_prints(self):
        for layout in self.env["report.layout"].search([]):
            with self.subTest(layout=layout.name):
                self.company.external_report_layout_id = layout.view_id
                texts = pages(self.render(self.long))
                self.assertGreaterEqual(len(texts), 3)
                for number, text in enumerate(texts, start=1):
                    self.assertRegex(text, rf"\b{number} ?/ ?{len(texts)}\b")
                    self.assertIn("Letterhead", text)

    def test_the_web_client_may_print(self):
        self.assertEqual(self.env["ir.actions.report"].get_wkhtmltopdf_state(), "ok")

    def test_links_of_a_footer_can_be_followed(self):
        self.company.report_footer = "<a href='https://example.com/terms'>terms</a>"
        for page in PdfReader(io.BytesIO(self.render(self.long))).pages:
            links = [note.get_object()["/A"]["/URI"] for note in page["/Annots"]]
            self.assertIn("https://example.com/terms", links)
