import base64
import importlib.util
import shutil
from io import BytesIO

from PIL import Image
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import mute_logger

from .common import RegisterCase


def picture():
    """A small PNG in base64."""
    stream = BytesIO()
    Image.new("RGB", (40, 20), "white").save(stream, "PNG")
    return base64.b64encode(stream.getvalue())


def hoot_id(path):
    """The id that hoot gives to a suite: a 32-bit hash of its path."""
    number = 0
    for char in path:
        number = ((number << 5) - number + ord(char)) & 0xFFFFFFFF
    return f"{number:08x}"


@tagged("post_install", "-at_install")
class TestSitePlan(RegisterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.door, cls.hall = cls.env["alarm.zone"].create(
            [
                {"panel_id": cls.panel.id, "number": "1", "name": "Door"},
                {"panel_id": cls.panel.id, "number": "2", "name": "Hall"},
            ]
        )
        cls.plan = cls.env["alarm.site.plan"].create(
            {"subscriber_id": cls.subscriber.id, "name": "Ground", "image": picture()}
        )

    def place(self, *entries, plan=None):
        plan = plan or self.plan
        plan.write({"layout": [{"id": i, "x": x, "y": y} for i, x, y in entries]})
        self.env.invalidate_all()

    def test_zones_are_placed_moved_and_taken_off(self):
        self.place((self.door.id, 0.25, 0.5), (self.hall.id, None, None))
        self.assertEqual(self.plan.zone_ids, self.door)
        self.assertEqual((self.door.plan_x, self.door.plan_y), (0.25, 0.5))
        markers = {marker["id"]: marker for marker in self.plan.layout}
        self.assertEqual(markers[self.door.id]["x"], 0.25)
        self.assertIsNone(markers[self.hall.id]["x"])
        self.place((self.door.id, None, None), (self.hall.id, 1, 0))
        self.assertEqual(self.plan.zone_ids, self.hall)

    def test_on_a_new_plan_no_zone_has_a_place_before_somebody_gives_it_one(self):
        context = {"default_subscriber_id": self.subscriber.id}
        with Form(self.plan.browse().with_context(**context)) as form:
            form.name = "Upstairs"
            form.image = picture().decode()
        plan = form.record
        self.assertEqual([marker["x"] for marker in plan.layout], [None, None])
        self.assertFalse(plan.zone_ids)
        self.assertFalse((self.door | self.hall).site_plan_id)

    def test_a_zone_of_another_plan_stays_there(self):
        self.place((self.door.id, 0.25, 0.5))
        upstairs = self.plan.create(
            {"subscriber_id": self.subscriber.id, "name": "Upstairs", "image": picture()}
        )
        self.place((self.door.id, None, None), (self.hall.id, 0.1, 0.1), plan=upstairs)
        self.assertEqual(self.door.site_plan_id, self.plan)
        marker = next(m for m in upstairs.layout if m["id"] == self.door.id)
        self.assertEqual(marker["plan"], "Ground")

    def test_places_outside_of_the_picture_are_refused(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.place((self.door.id, 1.2, 0.5))
            self.env.flush_all()

    def test_zones_of_another_subscriber_are_refused(self):
        other = self.subscriber.create({"name": "Other", "partner_id": self.customer.id})
        panel = self.panel.create(self.panel_values(other, "T0002"))
        zone = self.door.create({"panel_id": panel.id, "number": "1", "name": "Theirs"})
        with self.assertRaises(ValidationError):
            self.place((zone.id, 0.5, 0.5))
        with self.assertRaises(ValidationError):
            zone.site_plan_id = self.plan

    def test_reader_sees_but_moves_nothing(self):
        plan = self.plan.with_user(self.reader)
        self.assertEqual(len(plan.layout), 2)
        with self.assertRaises(AccessError):
            plan.write({"layout": [{"id": self.door.id, "x": 0.5, "y": 0.5}]})

    def test_plan_of_a_known_subscriber_is_archived_not_deleted(self):
        self.activate(self.subscriber)
        with self.assertRaises(UserError):
            self.plan.with_user(self.back_office).unlink()
        self.plan.with_user(self.back_office).active = False


@tagged("post_install", "-at_install")
class TestSitePlanBrowser(HttpCase):
    def test_unit_tests_in_the_browser(self):
        if not importlib.util.find_spec("websocket") or not any(
            map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
        ):
            raise AssertionError("The plan is tested in a browser: install Chromium.")
        self.browser_js(
            "/web/tests?headless&loglevel=2&preset=desktop&timeout=15000"
            f"&id={hoot_id('@alarm_subscriber')}",
            "",
            "",
            login="admin",
            timeout=180,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=lambda message: "[HOOT]" not in message,
        )
