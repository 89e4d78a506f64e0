import json
import uuid
from datetime import UTC, datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged

from .common import hand_over, ingest, make_subscriber, prepare_signal, setup_board

# A picture of one pixel.
PIXEL = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhf"
    b"DwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestBoardDetail(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        setup_board(cls)

    def incident(self):
        found = self.env["alarm.incident"].search([("subscriber_id", "=", self.subscriber.id)])
        return found.with_user(self.dispatcher)

    def detail(self):
        detail = self.incident().board_detail()
        # What the browser gets.
        return json.loads(json.dumps(detail))

    def note(self, text, **values):
        return self.env["alarm.subscriber.note"].create(
            {"subscriber_id": self.subscriber.id, "text": text, **values}
        )

    def test_zone_is_lit_on_the_plan_that_shows_it(self):
        plan = self.env["alarm.site.plan"].create(
            {"subscriber_id": self.subscriber.id, "name": "Ground", "image": PIXEL}
        )
        zone = self.subscriber.zone_ids
        other = zone.copy({"number": "006", "name": "Window"})
        (zone | other).write({"site_plan_id": plan.id, "plan_x": 0.25, "plan_y": 0.5})
        ingest(self, ("7001", "130", "new"))
        [shown] = self.detail()["plans"]
        self.assertIn(f"/web/image/alarm.site.plan/{plan.id}/image", shown["url"])
        lit = {marker["number"]: marker["lit"] for marker in shown["zones"]}
        self.assertEqual(lit, {"005": True, "006": False})
        self.assertEqual(shown["zones"][0]["x"], 0.25)

    def test_cameras_of_the_zone_and_of_the_premises(self):
        self.subscriber.camera_url = "https://recorder.example/1"
        self.subscriber.zone_ids.camera_url = "https://recorder.example/2"
        ingest(self, ("7001", "130", "new"))
        urls = [camera["url"] for camera in self.detail()["cameras"]]
        self.assertEqual(urls, ["https://recorder.example/2", "https://recorder.example/1"])

    def test_armed_or_not_as_the_signals_said_last(self):
        ingest(self, ("7001", "130", "new"))
        self.assertIsNone(self.detail()["arming"])
        row = {"subscriber_id": self.subscriber.id, "state": "closed", "closed_by": "3 Li"}
        self.env["alarm.arming"].create(row)
        arming = self.detail()["arming"]
        self.assertEqual((arming["state"], arming["areas"][0]["by"]), ("closed", "3 Li"))

    def test_targets_run_from_the_signal_and_from_the_order(self):
        self.subscriber.service_level_id = self.env["alarm.service.level"].create(
            {"name": "Fast", "pickup_seconds": 30, "dispatch_minutes": 5, "arrival_minutes": 10}
        )
        ingest(self, ("7001", "130", "new"))
        pickup, dispatch, arrival = self.detail()["service"]["targets"]
        came = self.incident().received_at
        self.assertEqual(pickup["due"], f"{(came + timedelta(seconds=30)).isoformat()}.000000Z")
        self.assertIsNone(pickup["done"])
        self.assertTrue(dispatch["due"])
        self.assertIsNone(arrival["due"])
        self.incident().action_take()
        self.assertTrue(self.detail()["service"]["targets"][0]["done"])

    def test_expired_notes_are_gone_and_read_ones_are_marked(self):
        now = fields.Datetime.now()
        self.note("gone", kind="expiring", expires_at=now - timedelta(hours=1))
        stays = self.note("dog", kind="special")
        ingest(self, ("7001", "130", "new"))
        special, standing = self.detail()["notes"]
        self.assertEqual(
            (special["text"], special["must_read"], special["read"]), ("dog", True, False)
        )
        self.assertEqual(standing["text"], "Dog in the *yard*")
        self.incident().action_take()
        self.incident().action_read_notes(stays.ids)
        self.assertTrue(self.detail()["notes"][0]["read"])

    def test_history_pairs_restores_with_what_they_take_back(self):
        ingest(self, ("7001", "130", "new"), ("7001", "130", "restore"), ("7001", "301", "new"))
        history = self.incident().board_history(3650)
        trouble, restore, alarm = history["signals"]
        self.assertEqual(restore["restores"], [alarm["id"]])
        self.assertEqual(alarm["restored_at"], restore["at"])
        self.assertTrue(alarm["own"])
        self.assertIsNone(trouble["restored_at"])
        self.assertFalse(history["more"])

    def test_history_reaches_as_far_as_asked(self):
        ingest(self, ("7001", "130", "new"))
        for number, days in enumerate((3, 20, 200), start=1):
            at = fields.Datetime.now() - timedelta(days=days)
            moment = f"{at.isoformat(timespec='seconds')}.000000Z"
            uid = f"{uuid.uuid4().hex}:board-1:{number}"
            hand_over(self, [prepare_signal(uid, received_at=moment, journaled_at=moment)])

        def ages(days):
            signals = self.incident().board_history(days)["signals"]
            now = fields.Datetime.now().replace(tzinfo=UTC)
            ages = [(now - datetime.fromisoformat(signal["at"])).days for signal in signals]
            return {age for age in ages if age in (3, 20, 200)}

        self.assertEqual(ages(7), {3})
        self.assertEqual(ages(30), {3, 20})
        self.assertEqual(ages(365), {3, 20, 200})
        for days in (0, -5, "7", None, True):
            self.assertGreaterEqual(self.incident().board_history(days)["days"], 1)

    def test_others_learn_nothing_of_it(self):
        ingest(self, ("7001", "130", "new"))
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "board_stranger",
            groups="alarm_monitoring.group_dispatcher",
            company_id=elsewhere.id,
            company_ids=[(6, 0, elsewhere.ids)],
        )
        for user in (self.reader, stranger):
            incident = self.incident().with_user(user)
            for ask in (incident.board_detail, incident.board_history):
                with (
                    self.subTest(user=user.login, ask=ask.__name__),
                    self.assertRaises(AccessError),
                ):
                    ask()
            with self.assertRaises(AccessError):
                incident.action_read_notes([])

    def test_no_secret_is_in_the_detail(self):
        contact = self.subscriber.contact_ids
        contact.with_user(self.env.ref("base.user_admin")).sudo().passcode = "harbour"
        ingest(self, ("7001", "130", "new"))
        detail = self.detail()
        self.assertTrue(detail["passcode"]["registered"])
        self.assertNotIn("harbour", json.dumps(detail))

    def test_duress_is_never_in_words(self):
        ingest(self, ("7001", "130", "new"))
        self.incident().action_take()
        self.incident().action_passcode("duress")
        detail = self.detail()
        self.assertEqual(detail["passcode"]["result"], "ok")
        self.assertTrue(detail["passcode"]["silent"])
        self.assertNotIn("uress", detail["passcode"]["label"] + detail["priority_reason"])

    def test_detail_costs_the_same_queries_however_much_there_is(self):
        ingest(self, ("7001", "130", "new"))
        make_subscriber(self, "Large", "7002")
        large = self.env["alarm.subscriber"].search([("name", "=", "Large")])
        self.note("one", subscriber_id=large.id)
        for number in range(6):
            partner = self.env["res.partner"].create({"name": f"K{number}", "phone": f"55{number}"})
            contact = self.env["alarm.contact"].create(
                {"subscriber_id": large.id, "partner_id": partner.id}
            )
            self.env["alarm.contact.availability"].create({"contact_id": contact.id})
            self.note(f"note {number}", subscriber_id=large.id)
            large.zone_ids[:1].copy({"number": f"1{number}", "name": f"Z{number}"})
        ingest(self, *(("7002", code, "new") for code in ("130", "131", "132", "133", "134")))
        small = self.incident()
        big = self.env["alarm.incident"].search([("subscriber_id", "=", large.id)])
        big = big.with_user(self.dispatcher)
        big.action_take()
        for contact in large.contact_ids[:4]:
            big.action_log_call(contact.id, "no_answer")
            big.action_note(f"note on {contact.id}")

        def queries(incident):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            incident.board_detail()
            return self.env.cr.sql_log_count - before

        queries(small)
        self.assertLessEqual(queries(big), queries(small) + 6)
