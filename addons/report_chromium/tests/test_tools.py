import json
import os
import threading
import time

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.errors import ChromiumCrash, ChromiumRefusal, ChromiumTimeout
from ..tools.overlay import Furniture, with_style
from ..tools.pipe import Deadline, Pipe
from ..tools.sheet import MAX_SCALE, MIN_SCALE, Sheet

HEADERS = """<html><head><title>t</title></head><body class="container">
<div id="minimal_layout_report_headers">%s</div></body></html>"""


@tagged("post_install", "-at_install")
class TestTools(BaseCase):
    def pipe(self):
        """A pipe, and the browser's ends of it."""
        theirs_in, ours_out = os.pipe()
        ours_in, theirs_out = os.pipe()
        pipe = Pipe(ours_in, ours_out)
        self.addCleanup(pipe.close)
        return pipe, theirs_in, theirs_out

    def test_reply_may_come_in_pieces_after_events(self):
        pipe, _theirs_in, theirs_out = self.pipe()
        event = json.dumps({"method": "E", "params": {"n": 1}}).encode() + b"\0"
        reply = json.dumps({"id": 1, "result": {"x": "中"}}).encode() + b"\0"

        def speak():
            for byte in event + reply:
                os.write(theirs_out, bytes([byte]))

        threading.Thread(target=speak).start()
        seen = []
        result = pipe.call(Deadline(10), "M", on_event=lambda *event: seen.append(event))
        self.assertEqual(result, {"x": "中"})
        self.assertEqual(seen, [("E", {"n": 1})])

    def test_message_larger_than_the_pipe_is_sent_whole(self):
        pipe, theirs_in, theirs_out = self.pipe()
        got = bytearray()

        def listen():
            while not got.endswith(b"\0"):
                got.extend(os.read(theirs_in, 4096))
            os.write(theirs_out, b'{"id": 1, "result": {}}\0')

        threading.Thread(target=listen).start()
        pipe.call(Deadline(20), "M", data="x" * 1_000_000)
        self.assertEqual(len(json.loads(got[:-1])["params"]["data"]), 1_000_000)

    def test_silence_refusal_and_hanging_up_are_three_errors(self):
        pipe, _theirs_in, theirs_out = self.pipe()
        began = time.monotonic()
        with self.assertRaises(ChromiumTimeout) as caught:
            pipe.call(Deadline(0.2), "M")
        self.assertEqual(caught.exception.seconds, 0.2)
        self.assertLess(time.monotonic() - began, 5)
        os.write(theirs_out, b'{"id": 2, "error": {"message": "no"}}\0')
        with self.assertRaisesRegex(ChromiumRefusal, "M: no"):
            pipe.call(Deadline(5), "M")
        os.close(theirs_out)
        with self.assertRaises(ChromiumCrash):
            pipe.call(Deadline(5), "M")

    def test_scale_of_odoo_formats(self):
        self.assertAlmostEqual(Sheet(dpi=90).scale, 96 / 90 / 1.25)
        self.assertAlmostEqual(Sheet(dpi=96, shrinking=False).scale, 1)

    @given(st.integers(0, 2400), st.booleans())
    def test_scale_is_always_one_that_chromium_takes(self, dpi, shrinking):
        self.assertLessEqual(MIN_SCALE, Sheet(dpi=dpi, shrinking=shrinking).scale)
        self.assertGreaterEqual(MAX_SCALE, Sheet(dpi=dpi, shrinking=shrinking).scale)

    def test_header_begins_where_the_spacing_says(self):
        self.assertEqual(Sheet(margin_top=40, header_spacing=35).header_top, 5)
        self.assertEqual(Sheet(margin_top=10, header_spacing=35).header_top, 0)
        self.assertEqual(Sheet(height=297, margin_bottom=32).footer_top, 265)

    def test_each_page_gets_the_header_of_its_body_and_its_number(self):
        parts = "<div>A <b class='page'/> of <b class='topage'/></div><div>B</div>"
        html = Furniture(HEADERS % parts, None).pages([(0, 1, 2), (0, 2, 2), (1, 1, 1)], Sheet())
        self.assertEqual(html.count('class="report_sheet"'), 3)
        self.assertIn('<b class="page">2</b> of <b class="topage">2</b>', html)
        self.assertEqual(html.count("<div>B</div>"), 1)

    def test_body_without_a_header_of_its_own_has_none(self):
        html = Furniture(HEADERS % "<div>A</div>", None).pages([(0, 1, 1), (1, 1, 1)], Sheet())
        self.assertEqual(html.count("<div>A</div>"), 1)
        self.assertEqual(html.count('class="report_sheet"'), 2)

    def test_embedded_logo_is_sent_once(self):
        uri = "data:image/png;base64," + "A" * 4000
        furniture = Furniture(HEADERS % f"<div><img src='{uri}'/></div>", None)
        html = furniture.pages([(0, number, 9) for number in range(1, 10)], Sheet())
        self.assertEqual(list(furniture.pictures.values()), [uri])
        self.assertNotIn(uri, html)
        self.assertEqual(html.count(next(iter(furniture.pictures))), 9)

    def test_no_header_and_no_footer(self):
        self.assertFalse(Furniture(None, None))

    def test_style_comes_last_in_the_head(self):
        html = with_style("<html><head><link/></head><body/></html>")
        self.assertLess(html.index("<link/>"), html.index("<style>"))
        self.assertIn("<style>", with_style("plain"))
