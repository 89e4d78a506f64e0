import json

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import WorkCase
from .test_report import PIXEL


@tagged("post_install", "-at_install")
class TestPhone(WorkCase):
    def setUp(self):
        super().setUp()
        self.stock(self.detector, lots=self.lots)
        self.made = self.order()
        self.made.planned_start = self.made.planned_end = "2020-01-07 08:00:00"
        self.row = self.need(self.made, self.detector, 2)
        self.line = self.env["alarm.work.order.checklist"].create(
            {"work_order_id": self.made.id, "name": "Site clean"}
        )
        self.made.action_schedule()
        self.issue(self.made, self.lots[:2])
        self.Order = self.env["alarm.work.order"].with_user(self.technician)
        self.keys = iter(range(1000))

    def call(self, name, order=None, key=None, **values):
        return {
            "key": key or f"test-key-{next(self.keys)}",
            "order": (order or self.made).id,
            "verb": name,
            "values": values,
            "at": "2030-01-07T08:00:00.123Z",
        }

    def send(self, *calls, user=None):
        order = self.Order.with_user(user) if user else self.Order
        # As it goes over the wire.
        answer = json.loads(json.dumps(order.work_send(json.loads(json.dumps(calls)))))
        self.env.invalidate_all()
        return answer

    def test_a_crew_loads_its_own_orders_with_all_it_needs(self):
        contact = self.env["res.partner"].create({"name": "Ann", "phone": "100 200"})
        self.env["alarm.contact"].create(
            {"subscriber_id": self.subscriber.id, "partner_id": contact.id}
        )
        self.subscriber.address_id.write({"street": "Long Road 1", "city": "Testville"})
        answer = json.loads(json.dumps(self.Order.work_load()))
        [data] = answer["orders"]
        self.assertEqual(data["name"], self.made.name)
        self.assertIn("Long Road 1", data["address"])
        self.assertTrue(data["map_url"].startswith("https://"))
        self.assertEqual(data["contacts"][0]["phone"], "100 200")
        self.assertEqual(data["checklist"][0]["name"], "Site clean")
        self.assertEqual(data["material"][0]["serials"], ["SN1", "SN2"])
        self.assertEqual(data["steps"][0]["verb"], "start")
        self.assertEqual(self.Order.with_user(self.stranger).work_load()["orders"], [])

    def test_drafts_and_the_far_future_are_not_shown(self):
        self.order().action_schedule()
        self.order(planned_start="2020-01-01 00:00:00", planned_end="2020-01-01 00:00:00")
        self.assertEqual(len(self.Order.work_load()["orders"]), 1)

    def test_the_work_of_a_day_from_the_phone(self):
        answer = self.send(
            self.call("verb", verb="start"),
            self.call("checklist", id=self.line.id, checked=True, remark=" swept "),
            self.call("material", id=self.row.id, serials=["SN2"]),
            self.call("photo", image="data:image/png;base64," + PIXEL.decode(), moment="after"),
            self.call("note", text="<b>gate</b> code at the neighbour"),
            self.call("verb", verb="test"),
            self.call("surplus"),
        )
        self.assertEqual([one["message"] for one in answer["results"]], [""] * 7)
        self.assertEqual(self.made.state, "testing")
        self.assertEqual(self.line.remark, "swept")
        self.assertEqual(self.row.sudo().used_lot_ids, self.lots[1])
        self.assertEqual(self.row.quantity_leaving, 1)
        self.assertEqual(self.made.photo_ids.moment, "after")
        note = self.made.message_ids[0]
        self.assertEqual(note.author_id, self.technician.partner_id)
        self.assertIn("&lt;b&gt;", note.body)
        [data] = answer["orders"]
        self.assertEqual(data["state"], "testing")

    def test_what_arrived_is_not_done_a_second_time(self):
        start = self.call("verb", verb="start")
        photo = self.call("photo", image=PIXEL.decode())
        first = self.send(start, photo)
        again = self.send(start, photo)
        self.assertEqual(first["results"], again["results"])
        self.assertEqual(len(self.made.photo_ids), 1)
        noted = self.env["alarm.work.input"].search([("work_order_id", "=", self.made.id)])
        self.assertEqual(len(noted), 2)
        self.assertEqual(str(noted[0].typed_at), "2030-01-07 08:00:00")

    def test_what_is_refused_says_why_and_does_not_hold_up_the_rest(self):
        answer = self.send(
            self.call("verb", verb="accept"),
            self.call("checklist", id=self.line.id, checked=True),
        )
        refused, done = answer["results"]
        self.assertFalse(refused["ok"])
        self.assertIn("Testing", refused["message"])
        self.assertTrue(done["ok"])
        self.assertTrue(self.line.checked)

    def test_what_was_refused_may_be_sent_again(self):
        test = self.call("verb", verb="test")
        self.assertFalse(self.send(test)["results"][0]["ok"])
        self.send(
            self.call("verb", verb="start"),
            self.call("material", id=self.row.id, serials=[]),
            self.call("checklist", id=self.line.id, checked=True),
        )
        self.assertTrue(self.send(test)["results"][0]["ok"])

    def test_the_page_opens_no_other_door(self):
        for call in (
            self.call("unlink"),
            self.call("_write_by_verb", state="done"),
            self.call("verb", verb="cancel"),
            self.call("verb", verb="schedule"),
            self.call("checklist", key="short"),
            self.call("checklist", key="x" * 100),
        ):
            [result] = self.send(call)["results"]
            self.assertFalse(result["ok"], call)
        [result] = self.send(self.call("verb", verb="start"), user=self.stranger)["results"]
        self.assertFalse(result["ok"])
        self.assertEqual(self.made.state, "scheduled")

    def test_a_key_of_somebody_else_is_no_excuse(self):
        start = self.call("verb", verb="start")
        self.send(start)
        [result] = self.send(start, user=self.mate)["results"]
        self.assertFalse(result["ok"])

    def test_inputs_are_nobodys_to_write(self):
        self.send(self.call("verb", verb="start"))
        noted = self.env["alarm.work.input"].search([], limit=1)
        for user in (self.technician, self.planner):
            with self.assertRaises(AccessError):
                noted.with_user(user).unlink()
