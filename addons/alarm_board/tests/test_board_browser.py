import importlib.util
import shutil

from odoo.tests import HttpCase, tagged

from .common import ingest, setup_board
from .hoot import run_unit_tests


@tagged("post_install", "-at_install")
class TestBoardBrowser(HttpCase):
    @classmethod
    def setUpClass(cls):
        # Odoo skips browser tests when it finds no browser; a board that nobody looked at has
        # not passed.
        if not importlib.util.find_spec("websocket"):
            raise AssertionError("The board is tested in a browser: install websocket-client.")
        if not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
            raise AssertionError("The board is tested in a browser: install Chromium.")
        super().setUpClass()
        setup_board(cls)

    def test_board_unit_tests(self):
        run_unit_tests(self, "alarm_board")

    def test_dispatcher_handles_an_alarm(self):
        [uid] = ingest(self, ("7001", "130", "new"))
        incident = self.env["alarm.incident"].search([("account", "=", "7001")])
        self.start_tour("/odoo/alarm-board", "alarm_board_handle", login="board_dispatcher")
        incident.invalidate_recordset()
        self.assertEqual(incident.state, "resolved")
        self.assertEqual(incident.user_id, self.dispatcher)
        self.assertTrue(incident.shown_at)
        self.assertEqual(incident.resolution_note, "closed by the tour")
        self.assertIn("nobody at home", incident.entry_ids.mapped("text"))
        self.assertEqual(incident.signal_ids.uid, uid)

    def test_dispatcher_keeps_a_shift(self):
        self.env.cr.execute(
            "UPDATE alarm_shift SET ended_at = seen_at, end_kind = 'lost', note = NULL"
        )
        self.env.invalidate_all()
        shifts = self.env["alarm.shift"]
        shifts.with_user(self.colleague).action_start()
        shifts.with_user(self.colleague).action_end("the gate is broken", ["last"])
        self.start_tour("/odoo/alarm-board", "alarm_board_desk", login="board_dispatcher")
        self.env.invalidate_all()
        left, own = (
            shifts.search([("user_id", "=", user.id)]) for user in (self.colleague, self.dispatcher)
        )
        self.assertEqual(left.reading_ids.user_id, self.dispatcher)
        self.assertEqual((own.state, own.note, own.was_last), ("over", "all quiet", True))
        incident = self.env["alarm.incident"].search([("caller", "=", "Test Keyholder")])
        self.assertEqual((incident.state, incident.subscriber_id), ("queued", self.subscriber))
        kinds = incident.entry_ids.mapped("kind")
        self.assertLessEqual({"reported", "taken", "released"}, set(kinds))
