from datetime import datetime, timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import RegisterCase


@tagged("post_install", "-at_install")
class TestRecord(RegisterCase):
    def make_note(self, **values):
        return self.env["alarm.subscriber.note"].create(
            {"subscriber_id": self.subscriber.id, "text": "Dog in the yard", **values}
        )

    def test_position_is_that_of_the_premises(self):
        self.subscriber.write({"latitude": 31.23, "longitude": 121.47})
        self.assertEqual(self.subscriber.address_id.partner_latitude, 31.23)
        for values in ({"latitude": 90.1}, {"longitude": -180.5}):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self.subscriber.write(values)

    def test_police_station_must_be_one(self):
        station = self.env["res.partner"].create({"name": "Test Station"})
        with self.assertRaisesRegex(ValidationError, "Test Station"):
            self.subscriber.police_partner_id = station
        station.alarm_authority = "police"
        self.subscriber.police_partner_id = station
        with self.assertRaises(ValidationError):
            self.subscriber.fire_partner_id = station

    def test_targets_come_with_the_service_level(self):
        level = self.env["alarm.service.level"].create(
            {"name": "Test", "pickup_seconds": 20, "dispatch_minutes": 2, "arrival_minutes": 9}
        )
        self.subscriber.service_level_id = level
        self.assertEqual((self.subscriber.pickup_seconds, self.subscriber.arrival_minutes), (20, 9))

    def test_expired_notes_vanish_from_what_holds(self):
        now = datetime.now()
        standing = self.make_note()
        coming = self.make_note(kind="expiring", expires_at=now + timedelta(hours=1))
        past = self.make_note(kind="expiring", expires_at=now - timedelta(hours=1))
        self.assertEqual(self.subscriber.current_note_ids, standing | coming)
        Note = self.env["alarm.subscriber.note"]
        mine = [("subscriber_id", "=", self.subscriber.id)]
        self.assertEqual(Note.search([*mine, ("expired", "=", True)]), past)
        self.assertEqual(Note.search([*mine, ("expired", "=", False)]), standing | coming)
        standing.active = False
        self.assertEqual(self.subscriber.current_note_ids, coming)

    def test_special_note_must_be_acknowledged_and_comes_first(self):
        self.make_note()
        special = self.make_note(kind="special")
        self.assertTrue(special.must_acknowledge)
        self.subscriber.invalidate_recordset()
        self.assertEqual(self.subscriber.current_note_ids[0], special)

    def test_notes_to_read_are_text_and_name_the_local_time(self):
        self.subscriber.tz = "Asia/Shanghai"
        self.make_note(text="<b>no html</b>", kind="expiring", expires_at="2199-12-01 09:41:00")
        self.assertIn("&lt;b&gt;no html", self.subscriber.current_notes)
        self.assertIn("17:41", self.subscriber.current_notes)

    def test_expiring_note_says_when(self):
        with self.assertRaisesRegex(ValidationError, "Dog in the yard"):
            self.make_note(kind="expiring")

    def test_notes_of_many_subscribers_cost_no_query_each(self):
        subscribers = self.subscriber.create(
            [{"name": f"Shop {n}", "partner_id": self.customer.id} for n in range(20)]
        )
        self.env["alarm.subscriber.note"].create(
            [{"subscriber_id": s.id, "text": "x"} for s in subscribers]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(4):
            self.assertEqual(len(subscribers.current_note_ids), 20)

    def test_documents_are_counted_and_opened(self):
        self.env["ir.attachment"].create(
            {"name": "plan.txt", "raw": b"x", "res_model": "alarm.subscriber",
             "res_id": self.subscriber.id}
        )  # fmt: skip
        self.assertEqual(self.subscriber.document_count, 1)
        action = self.subscriber.with_user(self.reader).action_view_documents()
        self.assertEqual(
            self.env["ir.attachment"].with_user(self.reader).search_count(action["domain"]), 1
        )

    def test_the_form_keeps_a_note(self):
        with Form(self.subscriber.with_user(self.back_office)) as form:
            form.risk = "3"
            with form.note_ids.new() as note:
                note.kind = "special"
                note.text = "Call first"
        self.assertEqual(self.subscriber.risk, "3")
        self.assertTrue(self.subscriber.note_ids.must_acknowledge)

    def test_territory_of_another_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Other Centre"})
        territory = self.env["alarm.territory"].create({"name": "North", "company_id": other.id})
        with self.assertRaises(UserError):
            self.subscriber.territory_id = territory
