import base64
import importlib.util
import io
import re
import shutil

from PIL import Image

from odoo.tests import HttpCase, tagged

from .common import PIXEL, DispatchCase


@tagged("post_install", "-at_install")
class TestPortal(DispatchCase, HttpCase):
    """The phone-sized page of responders."""

    browser_size = "360x740"
    touch_enabled = True

    @classmethod
    def setUpClass(cls):
        # Odoo skips browser tests when it finds no browser; a page that nobody looked at has not
        # passed.
        if not importlib.util.find_spec("websocket"):
            raise AssertionError("The page is tested in a browser: install websocket-client.")
        if not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
            raise AssertionError("The page is tested in a browser: install Chromium.")
        super().setUpClass()
        cls.subscriber.responder_note = "mind the dog"
        keyholder = cls.env["res.partner"].create({"name": "Keyholder", "phone": "555 0100"})
        cls.env["alarm.contact"].create(
            {"subscriber_id": cls.subscriber.id, "partner_id": keyholder.id}
        )

    def enter(self, login):
        self.authenticate(login, login)
        # Pages without a language in their address are in the database's own otherwise.
        self.opener.cookies["frontend_lang"] = "en_US"

    def page(self, path):
        return self.url_open(path)

    def post(self, path, files=None, **values):
        """Send a form as the page does, and give the page that follows."""
        order_page = self.page("/".join(path.split("/")[:4])).text
        token = re.search(r'name="csrf_token" value="(\w+)"', order_page)
        return self.url_open(
            path,
            data={"csrf_token": token.group(1) if token else "", **values},
            files=files,
        )

    def test_a_thumb_goes_through_an_order(self):
        order = self.dispatch()
        self.start_tour("/my/dispatch", "alarm_dispatch_phone", login="test-ralf")
        order.invalidate_recordset()
        self.assertEqual((order.state, order.finding), ("finished", "false"))
        self.assertEqual(order.description, "window banging")
        self.assertEqual(order.responder_signed_by, "Ralf")
        signature = Image.open(io.BytesIO(base64.b64decode(order.responder_signature)))
        self.assertGreater(signature.width, 200)
        self.assertTrue(signature.getbbox(), "Nothing is drawn")

    def test_only_own_orders_have_a_page(self):
        mine, other = self.dispatch(self.ralf), self.dispatch(self.rudi)
        self.enter("test-ralf")
        shown = self.page("/my/dispatch").text
        self.assertIn(mine.name, shown)
        self.assertNotIn(other.name, shown)
        self.assertEqual(self.page(f"/my/dispatch/{mine.id}").status_code, 200)
        self.assertEqual(self.page(f"/my/dispatch/{other.id}").status_code, 404)
        # A dispatcher may see all orders, but has no page for them.
        self.enter("test-dispatcher")
        self.assertEqual(self.page("/my/dispatch").status_code, 404)
        self.assertEqual(self.page(f"/my/dispatch/{mine.id}").status_code, 404)

    def test_who_to_call_is_told_after_accepting_and_no_longer_than_the_order(self):
        order = self.dispatch()
        self.enter("test-ralf")
        path = f"/my/dispatch/{order.id}"
        self.assertNotIn("555 0100", self.page(path).text)
        self.post(f"{path}/accept")
        self.assertIn("555 0100", self.page(path).text)
        mine = self.bring(order, "on_site")
        self.report(mine)
        mine.action_finish()
        self.assertNotIn("555 0100", self.page(path).text)

    def test_a_position_that_the_phone_tells_is_kept(self):
        order = self.dispatch()
        self.enter("test-ralf")
        self.post(f"/my/dispatch/{order.id}/accept", latitude="31.02", longitude="121.04")
        self.ralf.invalidate_recordset()
        self.assertAlmostEqual(self.ralf.latitude, 31.02)
        self.post(f"/my/dispatch/{order.id}/depart", latitude="nowhere", longitude="999")
        order.invalidate_recordset()
        self.assertEqual(order.state, "en_route")

    def test_what_is_refused_is_said_on_the_page(self):
        order = self.dispatch()
        self.enter("test-ralf")
        path = f"/my/dispatch/{order.id}"
        self.assertIn("Proposed", self.post(f"{path}/arrive").text)
        self.assertIn("Say why", self.post(f"{path}/decline", reason=" ").text)
        order.invalidate_recordset()
        self.assertEqual(order.state, "proposed")
        self.assertNotIn("o_dispatch_message", self.page(path).text, "Said once")
        self.assertIn("No open order", self.post(f"{path}/decline", reason="flat tyre").text)

    def test_the_page_and_the_record_say_which_zones_it_was(self):
        order = self.dispatch()
        self.enter("test-ralf")
        self.assertIn("Back door", self.page(f"/my/dispatch/{order.id}").text)
        for number in range(10, 20):
            self.env["alarm.zone"].create(
                {"panel_id": self.panel.id, "number": str(number), "name": f"Room {number}"}
            )
            self.ingest(self.signal(zone=str(number), address=str(number)))
        order.invalidate_recordset(["zones"])
        self.assertIn("Room 13", order.zones)
        self.assertTrue(order.zones.endswith("…"))
        report = self.env["ir.actions.report"].with_user(self.dispatcher)
        html, _kind = report._render_qweb_html("alarm_dispatch.dispatch_record", order.ids)
        self.assertIn("Back door", html.decode())

    def test_photos_losses_and_signatures_are_kept_and_rubbish_is_refused(self):
        order = self.dispatch()
        self.bring(order, "on_site")
        self.enter("test-ralf")
        path = f"/my/dispatch/{order.id}"
        picture = base64.b64decode(PIXEL)
        self.post(
            f"{path}/report",
            files=[("photos", ("a.png", picture, "image/png"))],
            finding="real",
            loss_name="Till",
            loss_quantity="2",
            loss_value="100",
            responder_signature="data:image/png;base64," + PIXEL.decode(),
            state="finished",
            site_name="elsewhere",
        )
        order.invalidate_recordset()
        self.assertEqual((order.finding, order.photo_count), ("real", 1))
        self.assertEqual((order.loss_ids.name, order.loss_ids.value), ("Till", 100))
        self.assertTrue(order.responder_signed_at)
        self.assertEqual((order.state, order.site_name), ("on_site", "Site 7001"))
        self.assertEqual(
            self.page(f"/web/image/alarm.dispatch.photo/{order.photo_ids.id}/image").status_code,
            200,
        )
        for rubbish in (
            {"responder_signature": "data:text/html;base64,PGI+"},
            {"responder_signature": "data:image/png;base64,!!"},
            {"loss_name": "x", "loss_quantity": "-1"},
            {"loss_name": "x", "loss_quantity": "nan"},
            {"loss_name": "x", "loss_quantity": "many"},
            {"cause_id": "x"},
        ):
            with self.subTest(rubbish=rubbish):
                self.assertIn("o_dispatch_message", self.post(f"{path}/report", **rubbish).text)
        no_picture = [("photos", ("a.png", b"<svg onload=alert(1)>", "image/png"))]
        self.assertIn("o_dispatch_message", self.post(f"{path}/report", files=no_picture).text)
        order.invalidate_recordset()
        self.assertEqual((order.photo_count, len(order.loss_ids)), (1, 1))
        self.post(f"{path}/photo/{order.photo_ids.id}/remove")
        order.invalidate_recordset()
        self.assertFalse(order.photo_count)

    def test_nothing_is_done_without_the_token_of_the_session(self):
        order = self.dispatch()
        self.enter("test-ralf")
        answer = self.url_open(f"/my/dispatch/{order.id}/accept", data={"csrf_token": "x"})
        self.assertEqual(answer.status_code, 400)
        self.assertEqual(order.state, "proposed")


@tagged("post_install", "-at_install")
class TestRecord(DispatchCase):
    """The dispatch record."""

    def record(self, order):
        report = self.env["ir.actions.report"].with_user(self.dispatcher)
        html, _kind = report._render_qweb_html("alarm_dispatch.dispatch_record", order.ids)
        return html.decode()

    def test_the_record_tells_all(self):
        order = self.dispatch(self.ralf, self.rosa)
        mine = self.bring(order, "on_site")
        self.report(mine, "real", loss_state="listed", police_report="P-1")
        mine.write({"loss_ids": [(0, 0, {"name": "Till", "value": 1200})]})
        mine.env["alarm.dispatch.photo"].create(
            {"dispatch_id": order.id, "image": PIXEL, "name": "back door"}
        )
        mine.action_finish()
        html = self.record(order)
        for part in (
            order.name,
            self.incident.name,
            "Site 7001",
            "Ralf",
            "Rosa",
            "Real Alarm",
            "Burglary",
            "P-1",
            "Till",
            "1,200",
            "back door",
            "data:image/png;base64,",
            "a cat",
        ):
            self.assertIn(part, html)

    def test_an_order_that_nobody_took_has_a_record_too(self):
        order = self.dispatch()
        order.action_cancel("called off")
        self.assertIn("called off", self.record(order))

    def test_times_are_those_of_the_premises(self):
        self.subscriber.tz = "Asia/Shanghai"
        order = self.dispatch()
        order._write_private({"proposed_at": "2026-03-01 20:00:00"})
        self.assertIn("4:00", order._record_times()[0][1])
