from datetime import datetime

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import RegisterCase

SATURDAY_3_AM = datetime(2026, 11, 20, 19, 0)  # in Shanghai


@tagged("post_install", "-at_install")
class TestCallList(RegisterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.subscriber.tz = "Asia/Shanghai"
        people = cls.env["res.partner"].create([{"name": f"Test Person {n}"} for n in range(3)])
        cls.second, cls.first, cls.third = cls.env["alarm.contact"].create(
            [
                {"subscriber_id": cls.subscriber.id, "partner_id": person.id, "sequence": sequence}
                for person, sequence in zip(people, (20, 10, 30), strict=True)
            ]
        )

    def add(self, contact, **values):
        return self.env["alarm.contact.availability"].create({"contact_id": contact.id, **values})

    def calls(self, moment=SATURDAY_3_AM):
        return {
            call["contact"]: call["available_from"]
            for call in self.subscriber._call_list(moment)[self.subscriber]
        }

    def test_in_order_with_when_each_can_be_reached(self):
        self.add(self.first, days="work", hour_from=8, hour_to=18)
        self.add(self.second, days="all", hour_from=22, hour_to=6)
        self.add(self.third, kind="absence", first_day="2026-11-01")
        calls = self.subscriber._call_list(SATURDAY_3_AM)[self.subscriber]
        self.assertEqual([call["contact"] for call in calls], [self.first, self.second, self.third])
        self.assertEqual([call["available"] for call in calls], [False, True, False])
        self.assertEqual(
            [call["available_from"] for call in calls],
            [datetime(2026, 11, 23, 0, 0), SATURDAY_3_AM, False],
        )

    def test_who_has_no_hours_can_always_be_reached(self):
        self.assertEqual(set(self.calls().values()), {SATURDAY_3_AM})

    def test_archived_contacts_are_not_called(self):
        self.second.active = False
        self.assertEqual(list(self.calls()), [self.first, self.third])

    def test_many_subscribers_cost_no_query_each(self):
        subscribers = self.subscriber.create(
            [{"name": f"Shop {n}", "partner_id": self.customer.id} for n in range(30)]
        )
        contacts = self.env["alarm.contact"].create(
            [{"subscriber_id": s.id, "partner_id": self.customer.id} for s in subscribers]
        )
        self.env["alarm.contact.availability"].create(
            [{"contact_id": contact.id, "hour_from": 8, "hour_to": 18} for contact in contacts]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(6):
            calls = subscribers._call_list(SATURDAY_3_AM)
        self.assertEqual(sum(map(len, calls.values())), 30)

    def test_incomplete_lines_are_refused(self):
        for values in (
            {"days": False},
            {"kind": "absence"},
            {"kind": "absence", "first_day": "2026-11-02", "last_day": "2026-11-01"},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self.add(self.first, **values)

    def test_a_draft_is_deleted_with_the_hours_of_its_contacts(self):
        line = self.add(self.first)
        self.first.with_user(self.back_office).unlink()
        self.assertFalse(self.first.exists())
        self.assertFalse(line.exists())

    def test_hours_of_a_known_contact_can_be_changed(self):
        line = self.add(self.first)
        self.activate(self.subscriber)
        line.with_user(self.back_office).unlink()
        self.assertFalse(self.first.availability_ids)
