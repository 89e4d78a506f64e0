import importlib.util
import shutil

from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.alarm_board.tests.common import ingest, setup_board
from odoo.addons.alarm_dispatch.tests.common import PIXEL, make_responder, make_territory
from odoo.addons.alarm_monitoring.tools.incident_states import OPEN_STATES


@tagged("post_install", "-at_install")
class TestFunctionSeven(HttpCase):
    """Every way in which an alarm is handled, at the board and without a mouse: verified as false;
    undecided, looked after on site and found false; real, with customer, police, insurer, loss and
    record."""

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
        # "The next alarm" is this test's own, whatever the database holds.
        others = cls.env["alarm.incident"].search([("state", "in", OPEN_STATES)])
        others._write_private({"state": "cancelled"})
        cls.env["alarm.responder"].search([]).active = False
        cls.subscriber.address_id.write(
            {"phone": "555 0000", "partner_latitude": 31.0, "partner_longitude": 121.0}
        )
        keyholder = cls.subscriber.contact_ids
        keyholder.sudo().passcode = "harbour"
        cls.ralf_user = new_test_user(
            cls.env,
            "board-ralf",
            "base.group_portal,alarm_dispatch.group_responder",
            name="Ralf",
        )
        near = make_territory(cls, "Near", 31.01, 121.0)
        cls.ralf = make_responder(cls, "Ralf", cls.ralf_user, near)
        ingest(cls, ("7001", "130", "new"))
        cls.incident = cls.env["alarm.incident"].search([("subscriber_id", "=", cls.subscriber.id)])

    def handle(self, tour):
        self.start_tour("/odoo/alarm-board", tour, login="board_dispatcher")
        self.incident.invalidate_recordset()

    def report(self, finding, cause, **values):
        """Ralf accepts, goes there and reports what he finds."""
        [order] = self.incident.dispatch_ids
        mine = order.with_user(self.ralf_user)
        mine.action_accept()
        mine.action_depart()
        mine.action_arrive()
        mine.write(
            {
                "finding": finding,
                "cause_id": self.env.ref(cause).id,
                "description": "seen on site",
                "customer_state": "present",
                "responder_signature": PIXEL,
                "responder_signed_by": "Ralf",
                **values,
            }
        )
        mine.action_finish()
        return order

    def parties(self):
        return set(self.incident.notice_ids.mapped("party"))

    def test_verified_with_the_customer_as_false(self):
        self.handle("alarm_board_verified_false")
        self.assertEqual(self.incident.state, "closed")
        self.assertEqual(self.incident.resolution_id.kind, "false")
        self.assertEqual(self.incident.passcode_result, "ok")
        self.assertEqual(self.incident.call_ids.outcome, "passcode_ok")
        self.assertEqual(self.incident.user_id, self.dispatcher)
        self.assertNotIn("harbour", "\n".join(filter(None, self.incident.entry_ids.mapped("text"))))

    def test_undecided_is_looked_after_on_site_and_found_false(self):
        self.handle("alarm_board_undecided")
        self.assertEqual(self.incident.state, "dispatched")
        self.assertTrue(self.incident.preprocessed_at)
        self.assertEqual(len(self.incident.call_ids), 2)
        order = self.report("false", "alarm_dispatch.cause_animal")
        self.handle("alarm_board_found_false")
        self.assertEqual(self.incident.state, "closed")
        self.assertEqual(self.incident.resolution_id.kind, "false")
        self.assertEqual(self.incident.finding, "false")
        self.assertEqual(order.state, "finished")

    def test_real_with_customer_police_insurer_loss_and_record(self):
        self.handle("alarm_board_real")
        self.assertEqual(self.parties(), {"police", "customer", "insurer"})
        police = self.incident.notice_ids.filtered(lambda notice: notice.party == "police")
        self.assertEqual(police.reference, "110-4711")
        order = self.report("real", "alarm_dispatch.cause_burglary", **self.real_report())
        self.handle("alarm_board_found_real")
        self.assertEqual(self.incident.state, "closed")
        self.assertEqual(self.incident.resolution_id.kind, "real")
        self.assertEqual(self.parties(), {"police", "customer", "insurer"})
        self.assertEqual(self.incident.loss_note, "two tills, a safe")
        self.assertEqual((order.state, order.finding), ("finished", "real"))

    def real_report(self):
        """What the record of a real alarm has beyond that of a false one."""
        return {
            "police_state": "notified",
            "insurer_state": "notified",
            "loss_state": "none",
        }
