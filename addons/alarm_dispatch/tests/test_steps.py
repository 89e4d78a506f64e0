from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import DispatchCase


@tagged("post_install", "-at_install")
class TestDispatchSteps(DispatchCase):
    """A step of the plan to send somebody is an order, and nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.step = cls.incident.step_ids.filtered(lambda step: step.kind == "dispatch")

    def test_it_cannot_be_ticked_as_sent(self):
        with self.assertRaisesRegex(UserError, "make the order"):
            self.incident.action_step_done(self.step.id, "sent", "car 3")
        with self.assertRaisesRegex(UserError, "why step"):
            self.incident.action_step_done(self.step.id, "unavailable")
        self.incident.action_step_done(self.step.id, "unavailable", "all cars are out")
        self.assertFalse(self.incident.dispatched_at)

    def test_an_order_does_it_and_stands_in_it(self):
        order = self.dispatch()
        self.assertEqual((self.step.state, self.step.outcome), ("done", "sent"))
        self.assertIn(order.name, self.step.note)
        self.assertIn("Ralf", self.step.note)
        self.assertEqual(order.step_id, self.step)
        # A second order does nothing more to it.
        self.assertFalse(self.dispatch(self.rosa).step_id)

    def test_opening_it_proposes_who_goes(self):
        mine = self.step.with_user(self.dispatcher)
        action = mine.action_open()
        self.assertEqual(action["res_model"], "alarm.dispatch.propose")
        wizards = self.env["alarm.dispatch.propose"].with_user(self.dispatcher)
        wizards.with_context(**action["context"]).create({}).action_apply()
        self.assertEqual(self.step.state, "done")
        other = self.incident.step_ids.filtered(lambda step: step.kind == "police")
        self.assertEqual(
            other.with_user(self.dispatcher).action_open()["res_model"],
            "alarm.incident.step.finish",
        )

    def test_the_proposal_takes_a_reason_why_nobody_goes(self):
        wizard = (
            self.env["alarm.dispatch.propose"]
            .with_user(self.dispatcher)
            .with_context(default_incident_id=self.incident.id, default_step_id=self.step.id)
            .create({})
        )
        with self.assertRaises(UserError):
            wizard.action_not_possible()
        wizard.reason = "nobody is on duty"
        wizard.action_not_possible()
        self.assertEqual((self.step.outcome, self.step.note), ("unavailable", wizard.reason))

    def test_an_order_is_for_a_step_to_send_somebody(self):
        other = self.incident.step_ids.filtered(lambda step: step.kind == "police")
        with self.assertRaisesRegex(UserError, "not to send"):
            self.incident.action_dispatch(self.ralf.ids, "", other.id)
        self.assertFalse(self.incident.dispatch_ids)

    def test_it_is_open_again_when_nobody_comes(self):
        for end in (
            lambda order: order.with_user(self.ralf_user).action_decline("ill"),
            lambda order: order.action_cancel("called off"),
        ):
            told = []
            self.patch(
                type(self.env["alarm.dispatch"]),
                "_tell_dispatcher",
                lambda order, message, sticky=False, told=told: told.append(message),
            )
            order = self.dispatch()
            end(order)
            self.env.invalidate_all()
            self.assertIn(self.step.state, ("pending", "current"))
            self.assertFalse(self.step.outcome)
            self.assertIn(order.name, self.step.note)
            self.assertEqual(self.last().kind, "step_reopened")
            self.assertTrue(any("open again" in message for message in told))
            self.assertEqual(self.incident.state, "working")

    def test_the_step_before_which_the_plan_stood_is_the_current_one_again(self):
        for step in self.incident.step_ids.sorted("number"):
            if step.number < self.step.number:
                self.incident.with_user(self.dispatcher).action_step_done(
                    step.id, "unavailable", "not here"
                )
        order = self.dispatch()
        following = self.incident.current_step_id
        self.assertGreater(following.number, self.step.number)
        order.action_cancel("flat tyre")
        self.env.invalidate_all()
        self.assertEqual(self.incident.current_step_id.id, self.step.id)
        self.assertEqual(following.state, "pending")

    def test_it_stays_done_while_somebody_comes_or_was_there(self):
        first, second = self.dispatch(), self.dispatch(self.rosa)
        first.action_cancel("one is enough")
        self.assertEqual(self.step.state, "done")
        second.action_cancel("and now none")
        self.env.invalidate_all()
        self.assertIn(self.step.state, ("pending", "current"))
        third = self.dispatch()
        self.assertEqual(third.step_id, self.step)
        mine = self.bring(third, "on_site")
        self.report(mine)
        mine.action_finish()
        fourth = self.dispatch(self.rosa)
        fourth.action_cancel("not needed")
        self.assertEqual(self.step.state, "done")
