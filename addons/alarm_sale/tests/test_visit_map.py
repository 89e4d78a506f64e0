import importlib.util
import shutil

from odoo.tests import HttpCase, tagged

from odoo.addons.alarm_board.tests.hoot import run_unit_tests

from .common import SaleCase


@tagged("post_install", "-at_install")
class TestVisitMap(SaleCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        # Odoo skips browser tests when it finds no browser; a page that nobody looked at has not
        # passed.
        if not importlib.util.find_spec("websocket"):
            raise AssertionError("The map is tested in a browser: install websocket-client.")
        if not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
            raise AssertionError("The map is tested in a browser: install Chromium.")
        super().setUpClass()

    def test_a_salesperson_finds_his_prospects(self):
        self.start_tour("/odoo/alarm-visit-map", "alarm_sale_visit_map", login="t-seller")

    def test_unit_tests_in_the_browser(self):
        run_unit_tests(self, "alarm_sale")
