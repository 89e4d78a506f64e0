import os
import resource
import tempfile
import threading
import time
from unittest.mock import patch

import psutil

from odoo import tools
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ..tools import browser, errors, resources, slots
from .common import ReportCase, pages, picture, program

LOGGER = "odoo.addons.report_chromium.models.ir_actions_report"
RESOURCES = "odoo.addons.report_chromium.tools.resources"


def children():
    """Processes that were started here, and what is left of them."""
    return psutil.Process().children(recursive=True)


@tagged("post_install", "-at_install")
class TestTrouble(ReportCase):
    def use_program(self, path):
        """Let another program stand where the browser is."""
        self.patch(tools.config, "options", {**tools.config.options, "chromium": path})

    def fake(self, script):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.use_program(program(folder.name, script))
        return folder.name

    def test_missing_browser_is_named_with_the_places(self):
        self.use_program("/nowhere/chromium")
        with self.assertLogs(LOGGER, "ERROR"), self.assertRaises(UserError) as caught:
            self.render(self.short)
        for part in ("Test Statement", "chromium = /nowhere/chromium", "CHROMIUM"):
            self.assertIn(part, str(caught.exception))

    def test_places_without_configuration(self):
        with tempfile.TemporaryDirectory() as empty, patch.dict(os.environ, {"PATH": empty}):
            os.environ.pop("CHROMIUM", None)
            with self.assertRaises(errors.ChromiumMissing) as caught:
                browser.find_browser()
            self.assertEqual(len(caught.exception.looked_for), len(browser.NAMES))
            with patch.dict(os.environ, {"CHROMIUM": "/none"}):
                with self.assertRaises(errors.ChromiumMissing) as caught:
                    browser.find_browser()
                self.assertEqual(caught.exception.looked_for, ["CHROMIUM = /none"])

    def test_page_that_does_not_end_is_ended(self):
        self.set_parameter("timeout", "3")
        body = "<html><head></head><body>x<script>while (true) {}</script></body></html>"
        began = time.monotonic()
        with self.assertLogs(LOGGER, "WARNING"), self.assertRaises(UserError) as caught:
            self.run_bodies(body, report_ref=self.report)
        self.assertLess(time.monotonic() - began, 30)
        for part in ("Test Statement", "3", "report_chromium.timeout"):
            self.assertIn(part, str(caught.exception))
        self.assertFalse(children())

    def test_limit_of_browsers_holds(self):
        self.set_parameter("processes", "1")
        self.set_parameter("wait", "0.3")
        folder = os.path.join(tools.config["data_dir"], "report_chromium")
        with slots.profile_in_slot(folder, 1, 60):
            with self.assertLogs(LOGGER, "WARNING"), self.assertRaises(UserError) as caught:
                self.render(self.short)
        for part in ("Test Statement", "0.3", "report_chromium.wait", "report_chromium.processes"):
            self.assertIn(part, str(caught.exception))
        self.assertIn("Short", pages(self.render(self.short))[0])

    def test_never_more_slots_than_allowed(self):
        held, most, guard = [], [], threading.Lock()

        def work(folder):
            with slots.profile_in_slot(folder, 2, 30):
                with guard:
                    held.append(1)
                    most.append(len(held))
                time.sleep(0.05)
                with guard:
                    held.pop()

        with tempfile.TemporaryDirectory() as folder:
            threads = [threading.Thread(target=work, args=(folder,)) for _number in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        self.assertEqual(len(most), 8)
        self.assertEqual(max(most), 2)

    def test_profile_of_a_killed_process_is_removed(self):
        left_behind = tempfile.mkdtemp(prefix=slots.PREFIX)
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "0.slot"), "w", encoding="utf-8") as slot:
                slot.write(left_behind)
            with slots.profile_in_slot(folder, 1, 1) as profile:
                self.assertFalse(os.path.exists(left_behind))
                self.assertTrue(os.path.isdir(profile))
            self.assertFalse(os.path.exists(profile))

    def test_crash_is_tried_twice_and_explained_in_the_log(self):
        folder = self.fake("""
            echo run >>"$(dirname "$0")/runs"
            echo "the last words" >&2
            exit 7
        """)
        with self.assertLogs(LOGGER, "WARNING") as logs, self.assertRaises(UserError) as caught:
            self.render(self.short)
        self.assertIn("Test Statement", str(caught.exception))
        with open(os.path.join(folder, "runs"), encoding="utf-8") as runs:
            self.assertEqual(len(runs.readlines()), 2)
        self.assertIn("the last words", logs.output[-1])
        self.assertIn("exit status 7", logs.output[-1])
        self.assertFalse(children())

    def test_one_crash_is_not_noticed_by_the_user(self):
        real = browser.find_browser()
        self.fake(f"""
            [ -e "$(dirname "$0")/ran" ] && exec {real} "$@"
            : >"$(dirname "$0")/ran"
            kill -SEGV $$
        """)
        with self.assertLogs(LOGGER, "WARNING"):
            self.assertIn("Short", pages(self.render(self.short))[0])

    def test_nothing_stays_behind(self):
        def profiles():
            return {n for n in os.listdir(tempfile.gettempdir()) if n.startswith(slots.PREFIX)}

        before = profiles()
        self.render(self.short)
        self.assertFalse(children())
        self.assertLessEqual(profiles(), before)

    def test_memory_limit_of_odoo_does_not_reach_the_browser(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (6 << 30, hard))
        try:
            self.assertIn("Short", pages(self.render(self.short))[0])
        finally:
            resource.setrlimit(resource.RLIMIT_AS, (soft, hard))

    def test_browser_sees_neither_secrets_nor_other_files_of_odoo(self):
        folder = self.fake("""
            tr '\\0' '\\n' </proc/self/environ >"$(dirname "$0")/environment"
            ls -l /proc/self/fd >"$(dirname "$0")/descriptors"
            echo "$@" >"$(dirname "$0")/arguments"
            exit 1
        """)
        secret = "hush-4711"
        with (
            patch.dict(os.environ, {"PGPASSWORD": secret}),
            self.assertLogs(LOGGER, "WARNING"),
            self.assertRaises(UserError),
        ):
            self.render(self.short)
        for name in ("environment", "arguments"):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                content = file.read()
            self.assertNotIn(secret, content)
            self.assertNotIn("session", content)
        with open(os.path.join(folder, "descriptors"), encoding="utf-8") as file:
            self.assertNotIn("socket:", file.read())

    def test_wrong_settings_are_named(self):
        for key, value in (("timeout", "soon"), ("wait", "-1"), ("processes", "many")):
            with self.subTest(key=key):
                self.set_parameter(key, value)
                with self.assertRaises(UserError) as caught:
                    self.render(self.short)
                self.assertIn(f"report_chromium.{key}", str(caught.exception))
                self.assertIn(value, str(caught.exception))
                self.set_parameter(key, "5")

    def test_refused_paper_is_explained(self):
        with self.assertLogs(LOGGER, "ERROR"), self.assertRaises(UserError) as caught:
            self.run_bodies("x", specific_paperformat_args={"data-report-margin-top": 900})
        self.assertIn("Page.printToPDF", str(caught.exception))


@tagged("post_install", "-at_install")
class TestResources(ReportCase):
    def resources(self, user=None):
        env = self.env(user=user) if user else self.env
        return resources.Resources(env, ["http://odoo.test:8069"], "Test")

    def answer(self, path, user=None):
        return self.resources(user).answer(f"http://odoo.test:8069{path}")

    def test_nothing_is_fetched_from_outside(self):
        with self.assertLogs(RESOURCES, "WARNING") as logs:
            self.assertIsNone(self.resources().answer("https://example.com/x?token=hush"))
        self.assertIn("example.com", logs.output[0])
        self.assertNotIn("hush", logs.output[0])

    def test_files_of_modules_are_found_and_nothing_beside_them(self):
        mimetype, content = self.answer("/web/static/img/logo.png")
        self.assertEqual(mimetype, "image/png")
        self.assertTrue(content)
        for path in ("/web/static/../__manifest__.py", "/etc/passwd", "/web/session/logout"):
            with self.assertLogs(RESOURCES, "WARNING"):
                self.assertIsNone(self.answer(path))

    def test_styles_are_found(self):
        bundle = self.env["ir.qweb"]._get_asset_bundle("web.report_assets_common", js=False)
        mimetype, content = self.answer(bundle.get_link("css"))
        self.assertEqual(mimetype, "text/css")
        self.assertIn(b".container", content)

    def test_pictures_by_the_rights_of_the_reader(self):
        attachment = self.env["ir.attachment"].create({"name": "a.png", "datas": picture("red")})
        path = f"/web/image/{attachment.id}"
        stranger = new_test_user(self.env, "t-stranger", "base.group_portal")
        admin = self.env.ref("base.user_admin")
        attachment.with_user(admin).sudo().write({"create_uid": admin.id})
        shown = self.answer(path, stranger)
        self.assertNotEqual(shown[1], attachment.raw)
        self.assertNotEqual(self.answer(path)[1], attachment.raw, "superuser without a request")
        token = attachment._get_raw_access_token()
        self.assertEqual(self.answer(f"{path}?access_token={token}", stranger)[1], attachment.raw)
        with self.assertLogs(RESOURCES, "WARNING"):
            self.assertIsNone(self.answer(f"/web/content/{attachment.id}", stranger))

    def test_barcodes_and_logo(self):
        query = "barcode_type=QR&value=%E4%B8%AD&width=120&height=120"
        for path in (f"/report/barcode/?{query}", "/report/barcode/Code128/A%2F1", "/logo.png"):
            mimetype, content = self.answer(path)
            self.assertTrue(mimetype.startswith("image/"))
            self.assertTrue(content)

    def test_other_pages_are_not_answered(self):
        with self.assertLogs(RESOURCES, "WARNING"):
            self.assertIsNone(self.answer("/web/login"))
