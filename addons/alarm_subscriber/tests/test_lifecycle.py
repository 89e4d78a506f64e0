from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..models.alarm_subscriber_lifecycle import LIFECYCLE_FIELDS, STATES
from ..tools.lifecycle import TRANSITIONS
from .common import RegisterCase

# Written down here once more, on purpose: a change of the table must be meant.
ALLOWED = {
    ("draft", "commission"): "commissioning",
    ("draft", "submit"): "submitted",
    ("commissioning", "submit"): "submitted",
    ("commissioning", "reset"): "draft",
    ("submitted", "reset"): "draft",
    ("submitted", "approve"): "active",
    ("active", "suspend"): "suspended",
    ("active", "terminate"): "terminated",
    ("suspended", "reactivate"): "active",
    ("suspended", "terminate"): "terminated",
}
PATHS = {
    "draft": [],
    "commissioning": ["commission"],
    "submitted": ["submit"],
    "active": ["submit", "approve"],
    "suspended": ["submit", "approve", "suspend"],
    "terminated": ["submit", "approve", "terminate"],
}


@tagged("post_install", "-at_install")
class TestLifecycle(RegisterCase):
    def do(self, verb, subscriber):
        user = self.approver if verb == "approve" else self.back_office
        return getattr(subscriber.with_user(user), f"action_{verb}")()

    def subscriber_in(self, state):
        subscriber = self.subscriber.copy()
        for verb in PATHS[state]:
            self.do(verb, subscriber)
        self.assertEqual(subscriber.state, state)
        return subscriber

    def test_every_verb_from_every_state(self):
        for state, _label in STATES:
            for verb in TRANSITIONS:
                subscriber = self.subscriber_in(state)
                with self.subTest(state=state, verb=verb):
                    target = ALLOWED.get((state, verb))
                    if target:
                        self.do(verb, subscriber)
                    else:
                        with self.assertRaisesRegex(UserError, "cannot become"):
                            self.do(verb, subscriber)
                    self.assertEqual(subscriber.state, target or state)

    def test_approval_needs_a_second_person(self):
        subscriber = self.subscriber.with_user(self.approver)
        subscriber.action_submit()
        with self.assertRaisesRegex(UserError, "submitted by you.*second person"):
            subscriber.action_approve()
        self.assertEqual(subscriber.state, "submitted")

    def test_who_changed_what_was_submitted_does_not_approve_it(self):
        window = {"kind": "may_open", "hour_from": 8, "hour_to": 9}
        schedule = self.env["alarm.schedule"].create(
            {"subscriber_id": self.subscriber.id, "line_ids": [Command.create(window)]}
        )
        changes = {
            "the record": lambda env: self.subscriber.with_env(env).write({"directions": "Left"}),
            "a new part": lambda env: env["alarm.zone"].create(
                {"panel_id": self.panel.id, "number": "7", "name": "Safe"}
            ),
            "a part": lambda env: self.panel.with_env(env).write({"test_interval": 24}),
            "a part taken away": lambda env: schedule.line_ids.with_env(env).unlink(),
            "the customer": lambda env: self.customer.with_env(env).write({"phone": "010-1"}),
            "a new file": lambda env: env["ir.attachment"].create(
                {"name": "a.txt", "res_model": self.panel._name, "res_id": self.panel.id}
            ),
            "a file": lambda env: plan.with_env(env).write({"raw": b"other"}),
            "a file taken away": lambda env: plan.with_env(env).unlink(),
            "the holidays": lambda env: holiday.with_env(env).write(
                {"subscriber_ids": [Command.link(self.subscriber.id)]}
            ),
        }
        plan = self.env["ir.attachment"].create(
            {
                "name": "plan.txt",
                "raw": b"plan",
                "res_model": self.subscriber._name,
                "res_id": self.subscriber.id,
            }
        )
        holiday = self.env["alarm.holiday"].create({"name": "Test Holidays"})
        second = new_test_user(self.env, "t-second", "alarm_subscriber.group_approver")
        approvers = (self.approver, second)
        for what, change in changes.items():
            with self.subTest(what):
                self.subscriber.with_user(self.back_office).action_submit()
                change(self.env(user=approvers[0], su=what == "the customer"))
                with self.assertRaisesRegex(UserError, "changed by you"):
                    self.subscriber.with_user(approvers[0]).action_approve()
                self.subscriber.with_user(self.back_office).action_reset()
        self.subscriber.with_user(self.back_office).action_submit()
        self.subscriber.with_user(second).write({"directions": "Right"})
        self.subscriber.with_user(self.approver).action_approve()
        self.assertEqual(self.subscriber.state, "active")

    def test_superuser_rights_do_not_replace_the_second_person(self):
        subscriber = self.subscriber.with_user(self.approver).sudo()
        subscriber.action_submit()
        with self.assertRaisesRegex(UserError, "second person"):
            subscriber.action_approve()

    def test_back_office_cannot_approve(self):
        self.subscriber.with_user(self.approver).action_submit()
        with self.assertRaisesRegex(AccessError, "Only an approver"):
            self.subscriber.with_user(self.back_office).action_approve()

    def test_reader_cannot_run_a_verb(self):
        for verb in ("commission", "submit"):
            with self.subTest(verb=verb), self.assertRaises(AccessError):
                getattr(self.subscriber.with_user(self.reader), f"action_{verb}")()

    def test_approval_remembers_who_and_when(self):
        self.activate(self.subscriber)
        self.assertEqual(self.subscriber.submitted_by_id, self.back_office)
        self.assertEqual(self.subscriber.approved_by_id, self.approver)
        self.assertGreaterEqual(self.subscriber.approved_at, self.subscriber.submitted_at)

    def test_returned_subscriber_can_be_submitted_by_somebody_else(self):
        self.subscriber.with_user(self.approver).action_submit()
        self.subscriber.with_user(self.approver).action_reset()
        self.assertFalse(self.subscriber.submitted_by_id)
        self.activate(self.subscriber)
        self.assertEqual(self.subscriber.state, "active")

    def test_state_and_approval_cannot_be_written_past_the_verbs(self):
        subscriber = self.subscriber.with_user(self.approver)
        for name in LIFECYCLE_FIELDS:
            for context in ({}, {"alarm_by_verb": True}, {"install_mode": True}):
                with self.subTest(field=name, context=context):
                    with self.assertRaisesRegex(UserError, "only through its actions"):
                        subscriber.with_context(**context).write({name: False})

    def test_no_subscriber_is_born_active(self):
        with self.assertRaisesRegex(UserError, "only through its actions"):
            self.env["alarm.subscriber"].with_user(self.back_office).create(
                {"name": "Shop", "partner_id": self.customer.id, "state": "active"}
            )

    def test_one_refused_subscriber_stops_the_whole_batch(self):
        other = self.subscriber_in("active")
        with self.assertRaises(UserError):
            (self.subscriber | other).with_user(self.back_office).action_submit()
        self.assertEqual(self.subscriber.state, "draft")

    def test_copy_starts_a_life_of_its_own(self):
        self.activate(self.subscriber)
        copy = self.subscriber.copy()
        self.assertEqual(copy.state, "draft")
        self.assertFalse(copy.submitted_by_id | copy.approved_by_id)
        self.assertNotEqual(copy.ref, self.subscriber.ref)
        self.assertNotEqual(copy.address_id, self.subscriber.address_id)
        self.assertIn("copy", copy.name)

    def test_a_default_in_the_context_is_no_approval(self):
        user = self.back_office
        defaults = {
            "default_state": "active",
            "default_approved_by_id": user.id,
            "default_approved_at": "2026-01-01 00:00:00",
        }
        made = (
            self.env["alarm.subscriber"]
            .with_user(user)
            .with_context(**defaults)
            .create({"name": "Past the Verbs", "partner_id": self.customer.id})
        )
        self.assertEqual(made.state, "draft")
        self.assertFalse(made.approved_by_id)
        self.assertFalse(made.approved_at)
