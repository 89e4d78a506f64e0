from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import DispatchCase


@tagged("post_install", "-at_install")
class TestThreeWays(DispatchCase):
    """The three ends of an alarm with words that are checked and orders that are sent: nothing is
    typed twice, and nothing more is asked before it is closed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        people = cls.env["res.partner"].create(
            [{"name": f"Keyholder {number}", "phone": f"555 010{number}"} for number in range(3)]
        )
        cls.env["alarm.contact"].create(
            [
                {"subscriber_id": cls.subscriber.id, "partner_id": person.id, "sequence": place}
                for place, person in enumerate(people)
            ]
        )
        cls.subscriber.write({"phone": "555 0200", "passcode": "blue 42"})

    def do(self, kind, outcome, note="", **details):
        step = self.incident.current_step_id
        self.assertEqual(step.kind, kind)
        self.incident.action_step_done(step.id, outcome, note, **details)

    def end(self, code, note=""):
        self.incident.action_acknowledge()
        self.incident.action_resolve(code, note)
        self.assertFalse(self.incident.missing)
        self.incident.action_close()
        self.assertEqual(self.incident.state, "closed")

    def cannot_tell(self):
        """Nobody answers: pre-processed, and a responder is sent by the step of the plan."""
        self.do("call_premises", "no_answer")
        self.do("call_contact", "no_answer")
        self.assertEqual(self.incident.numbers_called, 2)
        self.do("two_call", "undecided")
        self.do("camera", "unavailable", "no camera")
        self.incident.action_preprocess("neighbours warned")
        step = self.incident.current_step_id
        order = self.dispatch()
        self.assertEqual((step.state, order.step_id), ("done", step))
        return order

    def test_verified_false(self):
        step = self.incident.current_step_id
        self.assertTrue(
            self.incident.action_verify_passcode("Blue 42", False, step.id)["step_done"]
        )
        self.assertEqual(self.incident.call_ids.phone, "555 0200")
        self.assertEqual(self.incident.suggested_resolution_id.code, "FA")
        self.end("FA")
        self.assertFalse(self.incident.dispatch_ids)

    def test_undecided_and_found_false(self):
        order = self.cannot_tell()
        mine = self.bring(order, "on_site")
        self.report(mine, "false")
        mine.action_finish()
        self.env.invalidate_all()
        self.assertEqual((self.incident.finding, self.incident.score), ("false", "0"))
        self.do("police", "unavailable", "a false alarm")
        self.do("notify", "done")  # the responder has met the customer
        with self.assertRaises(UserError):
            self.incident.action_resolve("RB", "")
        self.end("FP")

    def test_real(self):
        order = self.cannot_tell()
        self.do("police", "done", reference="110-4711")
        self.do("notify", "done", "comes in ten minutes")
        mine = self.bring(order, "on_site")
        self.report(mine, "real", loss_state="listed", police_state="present")
        mine.write({"loss_ids": [(0, 0, {"name": "Till", "quantity": 1, "value": 1200})]})
        mine.action_finish()
        self.env.invalidate_all()
        self.end("RB", "burglary through the back door")
        self.assertEqual(self.incident.loss_amount, 1200)
        told = self.incident.notice_ids
        self.assertEqual(sorted(told.mapped("party")), ["customer", "insurer", "police"])
        self.assertEqual(
            told.filtered(lambda notice: notice.party == "police").reference, "110-4711"
        )
