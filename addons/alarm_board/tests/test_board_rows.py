import json

from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged

from ..hooks import uninstall_hook
from .common import ingest, make_subscriber, setup_board, tick, unpack

ACCOUNTS = ("7001", "7002", "7999")


@tagged("post_install", "-at_install")
class TestBoardRows(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        setup_board(cls)

    def rows(self, user=None):
        """The rows of this test's account."""
        board = self.env["alarm.incident"].with_user(user or self.dispatcher).board_rows()
        return [row for row in unpack(board) if row.get("account") in ACCOUNTS]

    def incident(self):
        return self.env["alarm.incident"].search([("subscriber_id", "=", self.subscriber.id)])

    def begin_test(self):
        """Put the subscriber on test, as a supervisor may whom nobody says a passcode."""
        supervisor = new_test_user(
            self.env, "board_supervisor", groups="alarm_monitoring.group_supervisor"
        )
        values = {"authorised_name": "Chen", "override": "known in person"}
        self.subscriber.with_user(supervisor).action_begin_test(60, "yearly", values)

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
                for row in unpack(board)
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
        [row] = unpack(incident.board_row())
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

    def test_facts_tell_who_was_told_and_called(self):
        ingest(self, ("7001", "130", "new"))
        incident = self.incident().with_user(self.dispatcher)
        incident.action_take()
        self.assertEqual(self.rows()[0]["facts"], {})
        before = self.rows()[0].get("facts_digest")
        incident.action_notify("police", reference="110-7")
        incident.action_notify("fire", note="nothing burns", needless=True)
        contact = self.subscriber.contact_ids
        incident.action_log_call(contact.id, "no_answer")
        [row] = self.rows()
        self.assertEqual(row["facts"], {"told": ["police"], "calls": 1})
        self.assertNotEqual(row["facts_digest"], before)
        incident.action_log_call(contact.id, "reached")
        self.assertEqual(self.rows()[0]["facts"]["calls"], 2)
        self.assertTrue(self.rows()[0]["facts"]["reached"])

    def test_facts_tell_of_a_test_and_of_earlier_incidents(self):
        ingest(self, ("7001", "130", "new"))
        first = self.incident().with_user(self.dispatcher)
        first.action_take()
        first.action_resolve(
            self.env["alarm.resolution"].search([("kind", "=", "false")], limit=1).code
        )
        ingest(self, ("7001", "130", "new"))
        self.begin_test()
        facts = self.rows()[0]["facts"]
        self.assertEqual((facts["seen"], facts["seen_kind"]), (1, "false"))
        [[start, end]] = facts["tests"]
        self.assertLess(start, end)

    def test_row_tells_where_and_what_was_promised(self):
        self.subscriber.write(
            {
                "service_level_id": self.env["alarm.service.level"]
                .create({"name": "Gold", "pickup_seconds": 20})
                .id,
                "territory_id": self.env["alarm.territory"].create({"name": "East"}).id,
            }
        )
        ingest(self, ("7001", "130", "new"))
        [row] = self.rows()
        self.assertEqual(row["pickup"], 20)
        self.assertEqual(row["territory_id"], self.subscriber.territory_id.id)
        self.assertEqual(row["city"], "Testville")
        self.assertEqual(row["customer"], "Test Customer")
        board = self.env["alarm.incident"].with_user(self.dispatcher).board_rows()
        self.assertIn([row["territory_id"], "East"], board["places"]["territories"])

    def test_thresholds_are_those_of_the_centre(self):
        target = self.env["alarm.event.target"].search([("event_class", "=", "burglary")])
        target.write({"pickup_seconds": 45, "escalate_seconds": 99, "idle_minutes": 7})
        board = self.env["alarm.incident"].with_user(self.dispatcher).board_rows()
        self.assertIn(["burglary", False, 45, 99, 420], board["thresholds"])

    def test_rows_hold_no_secret(self):
        contact = self.subscriber.contact_ids
        contact.with_user(self.env.ref("base.user_admin")).sudo().passcode = "4711Secret"
        ingest(self, ("7001", "130", "new"))
        board = self.env["alarm.incident"].with_user(self.dispatcher).board_rows()
        self.assertNotIn("4711", json.dumps(board))

    def test_pulse_adds_up_what_a_board_should_have(self):
        incidents = self.env["alarm.incident"].with_user(self.dispatcher)
        ingest(self, ("7001", "130", "new"), ("7999", "130", "new"))

        def adds_up():
            rows = incidents.board_rows()["rows"]
            return [
                len(rows),
                sum(row["version"][0] for row in rows),
                max(row["version"][1] for row in rows),
            ]

        self.assertEqual(incidents.board_pulse()["digest"], adds_up())
        before = incidents.board_pulse()["digest"]
        self.incident().with_user(self.dispatcher).action_take()
        self.env.flush_all()
        self.assertGreater(incidents.board_pulse()["digest"][1], before[1])
        ingest(self, ("7001", "131", "new"))
        self.assertGreater(incidents.board_pulse()["digest"][2], before[2])
        self.assertEqual(incidents.board_pulse()["digest"], adds_up())

    def test_versions_are_those_of_the_rows(self):
        ingest(self, ("7001", "130", "new"), ("7999", "130", "new"))
        incident = self.incident().with_user(self.dispatcher)
        incident.action_take()
        incident.action_notify("police")
        self.env.flush_all()
        board = self.env["alarm.incident"].with_user(self.dispatcher)
        expected = {
            row["id"]: [*row["version"][:2], row.get("facts_digest", 0)]
            for row in board.board_rows()["rows"]
        }
        self.assertEqual({id_: versions for id_, *versions in board.board_versions()}, expected)

    def test_lists_beside_the_queue(self):
        ingest(self, ("7001", "130", "new"))
        self.begin_test()
        tests = self.env["alarm.test.mode"].with_user(self.dispatcher).board_list()
        [test] = [row for row in tests if row["subscriber"] == "Test Shop"]
        self.assertEqual((test["reason"], test["who"]), ("yearly", "Chen"))
        rows = self.env["alarm.unrestored"].with_user(self.dispatcher).board_list()
        [row] = [row for row in rows if row["subscriber"] == "Test Shop"]
        self.assertEqual((row["zone"], row["incident_id"]), ("005 Back door", self.incident().id))
        pulse = self.env["alarm.incident"].with_user(self.dispatcher).board_pulse()
        self.assertEqual(pulse["lists"], {"on_test": len(tests), "unrestored": len(rows)})

    def test_list_costs_the_same_queries_for_many_rows(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        ingest(self, ("7001", "130", "new"))
        for number in range(5):
            make_subscriber(self, f"Shop {number}", f"70{number + 10}")
        board = self.env["alarm.incident"].with_user(self.dispatcher)

        def queries(method):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            getattr(board, method)()
            return self.env.cr.sql_log_count - before

        methods = ("board_rows", "board_pulse", "board_versions")
        for method in methods:
            queries(method)
        one = {method: queries(method) for method in methods}
        ingest(self, *((f"70{number + 10}", "130", "new") for number in range(5)))
        six = {method: queries(method) for method in methods}
        self.assertEqual(six, one)

    def test_uninstalling_leaves_incidents_changeable(self):
        ingest(self, ("7001", "130", "new"))
        uninstall_hook(self.env)
        self.incident().with_user(self.dispatcher).action_take()
        self.env.flush_all()
        self.assertEqual(self.incident().board_revision, 0)
