import json

from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged

from ..hooks import uninstall_hook
from .common import ingest, make_subscriber, setup_board, tick


@tagged("post_install", "-at_install")
class TestBoardRows(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        setup_board(cls)

    def rows(self, user=None):
        """The rows of this test's account."""
        board = self.env["alarm.incident"].with_user(user or self.dispatcher).board_rows()
        return [row for row in board["rows"] if row["account"] in ("7001", "7002", "7999")]

    def incident(self):
        return self.env["alarm.incident"].search([("subscriber_id", "=", self.subscriber.id)])

    def test_row_tells_what_the_queue_shows(self):
        uids = ingest(self, ("7001", "130", "new"), ("7001", "130", "restore"))
        [row] = self.rows()
        self.assertEqual(row["id"], self.incident().id)
        self.assertEqual(row["state"], "queued")
        self.assertEqual(row["priority"], self.incident().priority)
        self.assertIsNone(row["user"])
        self.assertEqual(row["subscriber"], "Test Shop")
        self.assertEqual(row["ref"], self.subscriber.ref)
        self.assertIn("Harbour Road 4", row["address"])
        self.assertEqual(row["zone"], "005 Back door")
        self.assertEqual(row["event"]["class"], "burglary")
        self.assertEqual(row["event"]["code"], "130")
        self.assertTrue(row["event"]["names"]["en_US"])
        self.assertEqual(row["signal_uid"], uids[1])
        self.assertEqual(row["signal_count"], 2)
        self.assertTrue(row["restored"])
        self.assertGreater(row["delay"], 60)
        self.assertFalse(row["ticked"])
        self.assertRegex(row["queued_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")

    def test_a_tick_marks_the_row_and_is_no_signal_of_the_alarm(self):
        [uid] = ingest(self, ("7001", "130", "new"))
        before = self.rows()[0]["version"]
        tick(self, uid, "keyholder is on the way")
        [row] = self.rows()
        self.assertTrue(row["ticked"])
        self.assertEqual((row["signal_uid"], row["signal_count"]), (uid, 1))
        self.assertEqual(row["state"], "queued")
        self.assertGreater(row["version"][1], before[1])
        detail = self.incident().with_user(self.dispatcher).board_detail()
        self.assertIn("keyholder is on the way", detail["entries"][0]["text"])

    def test_the_trouble_of_a_bridge_that_has_ended_is_marked(self):
        def beat(*codes):
            conditions = [{"code": code} for code in codes]
            status = json.dumps({"bridge": "board-bridge", "conditions": conditions})
            self.env["alarm.receiver"].with_user(self.bridge).heartbeat(status)
            board = self.env["alarm.incident"].with_user(self.dispatcher).board_rows()
            return [
                (row["over"], row["version"][0])
                for row in board["rows"]
                if "board-bridge" in row["event"]["names"]["en_US"]
            ]

        [(over, made)] = beat("disk_low")
        self.assertFalse(over)
        [(over, ended)] = beat()
        self.assertTrue(over)
        self.assertGreater(ended, made)

    def test_detail_tells_how_late_a_signal_came(self):
        ingest(self, ("7001", "130", "new"))
        detail = self.incident().with_user(self.dispatcher).board_detail()
        self.assertGreater(detail["signals"][0]["delay"], 60)
        self.assertIn("delivered late", detail["entries"][0]["text"])

    def test_row_of_an_unknown_account_is_there(self):
        ingest(self, ("7999", "130", "new"))
        [row] = self.rows()
        self.assertIsNone(row["subscriber"])
        self.assertEqual(row["account"], "7999")
        self.assertFalse(row["company_id"])

    def test_event_is_named_in_every_installed_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        ingest(self, ("7001", "130", "new"))
        code = self.incident().event_code_id
        code.with_context(lang="zh_CN").name = "盗警"
        [row] = self.rows()
        self.assertEqual(row["event"]["names"]["zh_CN"], "盗警")
        self.assertNotEqual(row["event"]["names"]["en_US"], "盗警")

    def test_resolved_incident_leaves_the_list(self):
        ingest(self, ("7001", "130", "new"))
        incident = self.incident().with_user(self.dispatcher)
        incident.action_take()
        self.assertEqual(self.rows()[0]["user"]["id"], self.dispatcher.id)
        incident.action_resolve(self.env["alarm.resolution"].search([], limit=1).code)
        self.assertFalse(self.rows())
        [row] = incident.board_row()
        self.assertEqual(row["state"], "resolved")

    def test_every_change_raises_the_version(self):
        ingest(self, ("7001", "130", "new"))
        versions = [self.rows()[0]["version"]]
        incident = self.incident().with_user(self.dispatcher)
        for change in (
            incident.action_shown,
            incident.action_take,
            lambda: incident.action_note("nobody answers"),
            lambda: incident.action_hold(5, "waiting"),
            incident.action_take,
            incident.action_release,
        ):
            change()
            self.env.flush_all()
            versions.append(self.rows()[0]["version"])
        self.assertEqual([v[0] for v in versions], sorted({v[0] for v in versions}))
        ingest(self, ("7001", "131", "new"))
        self.assertGreater(self.rows()[0]["version"][1], versions[-1][1])

    def test_only_dispatchers_see_the_board(self):
        ingest(self, ("7001", "130", "new"))
        with self.assertRaises(AccessError):
            self.env["alarm.incident"].with_user(self.reader).board_rows()
        with self.assertRaises(AccessError):
            self.incident().with_user(self.reader).board_detail()
        with self.assertRaises(AccessError):
            self.incident().with_user(self.reader).board_row()
        with self.assertRaises(AccessError):
            self.env["alarm.incident"].with_user(self.bridge).board_rows()

    def test_other_companies_see_nothing_of_it(self):
        ingest(self, ("7001", "130", "new"))
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "board_stranger",
            groups="alarm_monitoring.group_dispatcher",
            company_id=elsewhere.id,
            company_ids=[(6, 0, elsewhere.ids)],
        )
        self.assertFalse(self.rows(stranger))
        with self.assertRaises(AccessError):
            self.incident().with_user(stranger).board_detail()
        with self.assertRaises(AccessError):
            self.incident().with_user(stranger).board_row()

    def test_detail_tells_what_the_panel_shows(self):
        [uid] = ingest(self, ("7001", "130", "new"))
        incident = self.incident().with_user(self.dispatcher)
        incident.action_take()
        incident.action_note("called the keyholder")
        detail = incident.board_detail()
        self.assertEqual(detail["subscriber"]["name"], "Test Shop")
        self.assertEqual(detail["notes"][0]["text"], "Dog in the *yard*")
        self.assertEqual(detail["account"], "7001")
        self.assertEqual(detail["zone"]["number"], "005")
        self.assertEqual(detail["zone"]["detector_type"], "Door or Window Contact")
        [person] = detail["calls"]["persons"]
        self.assertEqual(person["phone"], "555 0100")
        self.assertEqual(person["role"], "Keyholder")
        self.assertTrue(person["next"])
        self.assertEqual(detail["signals"][0]["where"], "005 Back door")
        self.assertEqual(detail["signals"][0]["role"], "alarm")
        self.assertEqual(detail["entries"][0]["text"], "called the keyholder")
        self.assertEqual(detail["entries"][0]["user"], self.dispatcher.name)
        self.assertTrue(detail["resolutions"])
        self.assertEqual(self.env["alarm.signal"].search([("uid", "=", uid)]).zone, "005")

    def test_detail_of_an_unknown_account_shows_its_signals(self):
        ingest(self, ("7999", "130", "new"), ("7999", "131", "new"))
        incident = self.env["alarm.incident"].search([("account", "=", "7999")])
        detail = incident.with_user(self.dispatcher).board_detail()
        self.assertIsNone(detail["subscriber"])
        self.assertIsNone(detail["zone"])
        self.assertEqual(detail["zone_text"], "005")
        self.assertEqual(len(detail["signals"]), 2)

    def test_list_costs_the_same_queries_for_many_rows(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        ingest(self, ("7001", "130", "new"))
        for number in range(5):
            make_subscriber(self, f"Shop {number}", f"70{number + 10}")
        board = self.env["alarm.incident"].with_user(self.dispatcher)

        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            board.board_rows()
            return self.env.cr.sql_log_count - before

        queries()
        one = queries()
        ingest(self, *((f"70{number + 10}", "130", "new") for number in range(5)))
        self.assertLessEqual(queries(), one + 2)

    def test_uninstalling_leaves_incidents_changeable(self):
        ingest(self, ("7001", "130", "new"))
        uninstall_hook(self.env)
        self.incident().with_user(self.dispatcher).action_take()
        self.env.flush_all()
        self.assertEqual(self.incident().board_revision, 0)
