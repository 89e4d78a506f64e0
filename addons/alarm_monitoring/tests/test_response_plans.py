from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MonitoringCase


class PlanCase(MonitoringCase):
    """A small plan with a branch, used for nothing yet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls.make_plan("Test Plan")

    @classmethod
    def make_plan(cls, name, **scope):
        plan = cls.env["alarm.response.plan"].create(
            {
                "name": name,
                "step_ids": [
                    (0, 0, {"kind": "call_premises", "name": "Call", "sequence": 1}),
                    (0, 0, {"kind": "camera", "name": "Look", "sequence": 2, "mandatory": True}),
                    (0, 0, {"kind": "dispatch", "name": "Send", "sequence": 3}),
                ],
                "scope_ids": [(0, 0, scope)] if scope else [],
            }
        )
        call, _look, send = plan.step_ids
        cls.env["alarm.response.branch"].create(
            [
                {"step_id": call.id, "outcome": "duress", "next_step_id": send.id},
                {
                    "step_id": call.id,
                    "outcome": "passcode_ok",
                    "resolution_id": cls.env.ref("alarm_monitoring.resolution_fa").id,
                },
            ]
        )
        return plan

    def alarm(self, **values):
        self.ingest(self.signal(**values))
        return self.open_incident().with_user(self.dispatcher)

    def step(self, incident, number):
        return incident.step_ids.filtered(lambda step: step.number == number)

    def states(self, incident):
        self.env.invalidate_all()
        return [step.state for step in incident.step_ids.sorted("number")]


@tagged("post_install", "-at_install")
class TestPlanChoice(PlanCase):
    def test_the_most_particular_scope_wins_and_says_why(self):
        category = self.env["alarm.subscriber.category"].create({"name": "Test Kind"})
        self.subscriber.category_id = category
        for scope, name, words in (
            ({"event_class": "burglary"}, None, "class"),
            ({"category_id": category.id}, "Of Kind", "Test Kind"),
            ({"subscriber_id": self.subscriber.id}, "Of Site", "Site 7001"),
            (
                {"subscriber_id": self.subscriber.id, "event_class": "burglary"},
                "Of Burglaries There",
                "Site 7001",
            ),
            ({"zone_id": self.zone.id}, "Of Zone", "Back door"),
        ):
            with self.subTest(scope=scope):
                plan = self.make_plan(name, **scope) if name else None
                incident = self.alarm()
                if plan:
                    self.assertEqual(incident.plan_id, plan)
                else:
                    self.assertEqual(
                        incident.plan_id, self.env.ref("alarm_monitoring.plan_burglary")
                    )
                self.assertIn(words, incident.plan_reason)
                incident.with_user(self.supervisor).action_cancel("next")

    def test_the_kind_that_it_was_chosen_for_is_told_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        category = self.env["alarm.subscriber.category"].create({"name": "Test Kind"})
        category.with_context(lang="zh_CN").name = "测试类"
        self.subscriber.category_id = category
        self.make_plan("Of the kind", category_id=category.id)
        incident = self.alarm()
        self.assertEqual(incident.plan_scope, "category")
        self.assertIn("Test Kind", incident.plan_reason)
        self.assertIn("测试类", incident.with_context(lang="zh_CN").plan_reason)

    def test_the_plan_of_a_kind_is_used_for_the_kinds_below_it_unless_they_have_their_own(self):
        kinds = self.env["alarm.subscriber.category"]
        top = kinds.create({"name": "Test Kind"})
        middle = kinds.create({"name": "Test Kind Between", "parent_id": top.id})
        self.subscriber.category_id = kinds.create({"name": "Below", "parent_id": middle.id})
        far = self.make_plan("Of Burglaries There", category_id=top.id, event_class="burglary")
        incident = self.alarm()
        self.assertEqual(incident.plan_id, far)
        self.assertIn("Test Kind.", incident.plan_reason)
        incident.with_user(self.supervisor).action_cancel("next")
        near = self.make_plan("Of All Nearer", category_id=middle.id)
        incident = self.alarm()
        self.assertEqual(incident.plan_id, near)
        self.assertIn("Test Kind Between.", incident.plan_reason)
        self.assertEqual(incident.plan_scope, "category")

    def test_the_plan_of_a_kind_means_nothing_to_the_kind_above_it(self):
        kinds = self.env["alarm.subscriber.category"]
        top = kinds.create({"name": "Test Kind"})
        below = kinds.create({"name": "Below", "parent_id": top.id})
        self.subscriber.category_id = top
        self.make_plan("Of Below", category_id=below.id)
        self.assertEqual(self.alarm().plan_id, self.env.ref("alarm_monitoring.plan_burglary"))

    def test_a_plan_of_another_class_company_or_an_archived_one_is_not_taken(self):
        other = self.env["res.company"].create({"name": "Other centre"})
        self.make_plan("Fire There", subscriber_id=self.subscriber.id, event_class="fire")
        self.make_plan("Archived", zone_id=self.zone.id).active = False
        self.make_plan("Theirs", event_class="burglary").write(
            {"company_id": other.id, "sequence": 0}
        )
        self.assertEqual(self.alarm().plan_id, self.env.ref("alarm_monitoring.plan_burglary"))

    def test_without_a_fitting_plan_the_incident_says_so(self):
        self.env["alarm.response.plan"].search([]).active = False
        incident = self.alarm()
        self.assertFalse(incident.plan_id or incident.step_ids)
        self.assertEqual(incident.plan_reason, "No plan fits.")

    def test_what_is_copied_stays_when_the_plan_changes(self):
        self.make_plan("Mine", zone_id=self.zone.id)
        incident = self.alarm()
        incident.sudo().plan_id.step_ids[0].name = "Something else"
        self.env.invalidate_all()
        self.assertEqual(incident.step_ids[0].name, "Call")

    def test_copies_speak_every_language_of_the_plan(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        plan = self.make_plan("Mine", zone_id=self.zone.id)
        plan.step_ids[0].with_context(lang="zh_CN").name = "拨打电话"
        step = self.alarm().step_ids[0]
        self.assertEqual(step.with_context(lang="zh_CN").name, "拨打电话")
        self.assertEqual(step.with_context(lang="en_US").name, "Call")

    def test_a_more_urgent_signal_changes_the_plan_that_nobody_began(self):
        incident = self.alarm(code="301")
        self.assertEqual(incident.plan_id, self.env.ref("alarm_monitoring.plan_technical"))
        self.alarm(code="110")
        self.assertEqual(incident.plan_id, self.env.ref("alarm_monitoring.plan_fire"))
        self.assertEqual(incident.step_ids.plan_id, incident.plan_id)

    def test_a_more_urgent_signal_offers_another_plan_to_who_is_at_work(self):
        incident = self.alarm(code="301")
        incident.action_take()
        step = incident.current_step_id
        self.alarm(code="110")
        self.assertEqual(incident.current_step_id, step, "The present step is not taken away")
        fire = self.env.ref("alarm_monitoring.plan_fire")
        self.assertEqual(incident.offered_plan_id, fire)
        self.assertIn("plan_offered", incident.entry_ids.mapped("kind"))
        incident.action_step_done(step.id, "reached", "")
        incident.action_change_plan()
        self.assertEqual((incident.plan_id, incident.offered_plan_id.id), (fire, False))
        states = self.states(incident)
        self.assertEqual(states[:2], ["done", "current"])
        self.assertEqual(len(states), 1 + len(fire.step_ids))
        with self.assertRaises(UserError):
            incident.action_change_plan()

    def test_an_account_that_is_registered_gets_the_subscribers_plan(self):
        self.ingest(self.signal(account="7444"))
        incident = self.env["alarm.incident"].search([("account", "=", "7444")])
        plan = self.make_plan("For Everybody's Kind", event_class="other")
        plan.sequence = 0
        self.make_panel("7444")
        self.env.invalidate_all()
        self.assertEqual(incident.plan_id, plan)


@tagged("post_install", "-at_install")
class TestSteps(PlanCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["alarm.response.scope"].create({"plan_id": cls.plan.id, "zone_id": cls.zone.id})
        cls.ingest(cls.signal())
        cls.incident = cls.open_incident().with_user(cls.dispatcher)
        cls.incident.action_take()

    def test_steps_are_done_in_order_and_logged(self):
        incident = self.incident
        self.assertEqual(self.states(incident), ["current", "pending", "pending"])
        first = self.step(incident, 1)
        incident.action_step_done(first.id, "no_answer", "rang out")
        self.assertEqual(self.states(incident), ["done", "current", "pending"])
        self.assertEqual(
            (first.outcome, first.by_id, first.note), ("no_answer", self.dispatcher, "rang out")
        )
        self.assertTrue(first.at)
        self.assertTrue(incident.first_action_at)
        entry = incident.entry_ids.sorted("id")[-1]
        self.assertEqual(entry.kind, "step")
        self.assertIn("rang out", entry.text)

    def test_a_branch_leads_past_and_an_end_suggests_the_resolution(self):
        incident = self.incident
        incident.action_step_done(self.step(incident, 1).id, "passcode_ok", "a known voice")
        self.assertEqual(self.states(incident), ["done", "skipped", "skipped"])
        self.assertEqual(
            incident.suggested_resolution_id, self.env.ref("alarm_monitoring.resolution_fa")
        )
        self.assertEqual(incident.passcode_result, "ok")

    def test_duress_leads_on_and_makes_it_critical(self):
        incident = self.incident
        incident._write_private({"priority": "3"})
        incident.action_step_done(self.step(incident, 1).id, "duress")
        self.assertEqual(self.states(incident), ["done", "skipped", "current"])
        self.assertEqual((incident.passcode_result, incident.priority), ("duress", "1"))
        with self.assertRaisesRegex(UserError, "duress"):
            incident.action_passcode("ok")

    def test_a_dispatch_step_dispatches(self):
        incident = self.incident
        # A module with orders makes one; see alarm_dispatch/tests/test_steps.py.
        incident._finish_step(self.step(incident, 3), "done", "sent", "car 2")
        self.assertEqual(incident.state, "dispatched")
        self.assertTrue(incident.dispatched_at)

    def test_refusals_say_why(self):
        incident = self.incident
        first, second, _third = incident.step_ids.sorted("number")
        with self.assertRaisesRegex(UserError, "Reached"):
            incident.action_step_done(first.id, "sent")
        with self.assertRaisesRegex(UserError, "why step 1"):
            incident.action_step_done(first.id, "unavailable")
        with self.assertRaisesRegex(UserError, "supervisor"):
            incident.action_step_skip(second.id, "no camera")
        with self.assertRaises(UserError):
            incident.action_step_skip(first.id, " ")
        with self.assertRaisesRegex(UserError, incident.name):
            incident.action_step_done(0, "done")
        with self.assertRaisesRegex(UserError, "Anna"):
            incident.with_user(self.colleague).action_step_done(first.id, "reached")
        incident.action_step_done(first.id, "reached")
        with self.assertRaisesRegex(UserError, "Done"):
            incident.action_step_done(first.id, "reached")

    def test_leaving_out_is_offered_to_who_may(self):
        incident = self.incident
        first, mandatory, third = incident.step_ids.sorted("number")
        incident.action_step_skip(first.id, "called before")
        supervised = incident.with_user(self.supervisor)

        def offered(user):
            steps = incident.with_user(user).step_ids
            return steps.filtered("may_leave_out").sorted("number").mapped("number")

        self.assertEqual(offered(self.dispatcher), [third.number], "Not the mandatory one")
        self.assertEqual(offered(self.supervisor), [mandatory.number, third.number])
        with self.assertRaisesRegex(UserError, "supervisor"):
            incident.action_step_skip(mandatory.id, "no camera")
        incident.action_release()
        supervised.action_take()
        supervised.action_step_skip(mandatory.id, "no camera")
        supervised.action_step_skip(third.id, "nobody free")
        self.assertFalse(offered(self.supervisor))

    def test_wizards_call_the_verbs(self):
        env = self.env(user=self.dispatcher)
        first, second, third = self.incident.step_ids.sorted("number")
        env["alarm.incident.step.finish"].create({"step_id": first.id}).with_context(
            alarm_outcome="reached"
        ).action_apply()
        env["alarm.incident.step.leave"].create(
            {"step_id": third.id, "reason": "nobody free"}
        ).action_apply()
        self.assertEqual(self.states(self.incident), ["done", "current", "skipped"])

    def test_steps_are_evidence(self):
        for model in ("alarm.incident.step", "alarm.incident.call", "alarm.incident.notice"):
            self.env[model].browse().unlink()
        with self.assertRaises(UserError):
            self.incident.sudo().step_ids.unlink()


@tagged("post_install", "-at_install")
class TestPlanRecords(PlanCase):
    def test_a_branch_needs_an_outcome_of_its_kind_and_a_step_of_its_plan(self):
        first = self.plan.step_ids[0]
        branch = {"step_id": first.id, "next_step_id": self.plan.step_ids[1].id}
        with self.assertRaisesRegex(ValidationError, "Sent"):
            self.env["alarm.response.branch"].create({**branch, "outcome": "sent"})
        other = self.make_plan("Other")
        with self.assertRaisesRegex(ValidationError, "another plan"):
            self.env["alarm.response.branch"].create(
                {**branch, "outcome": "busy", "next_step_id": other.step_ids[0].id}
            )
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.env["alarm.response.branch"].create({"step_id": first.id, "outcome": "busy"})

    def test_a_scope_is_for_one_thing_of_the_plans_company(self):
        both = {"zone_id": self.zone.id, "subscriber_id": self.subscriber.id}
        for scope in (both, {}):
            with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
                with self.env.cr.savepoint():
                    self.env["alarm.response.scope"].create({"plan_id": self.plan.id, **scope})
        self.plan.company_id = self.env["res.company"].create({"name": "Other centre"})
        with self.assertRaisesRegex(ValidationError, "Other centre"):
            self.env["alarm.response.scope"].create(
                {"plan_id": self.plan.id, "subscriber_id": self.subscriber.id}
            )

    def test_a_copy_leads_to_its_own_steps(self):
        copy = self.plan.copy()
        self.assertEqual(len(copy.step_ids.branch_ids), 2)
        self.assertEqual(copy.step_ids.branch_ids.next_step_id, copy.step_ids[2])

    def test_the_standard_plans_lead_to_an_end(self):
        """Every plan that is shipped has mandatory steps, and its branches lead forwards."""
        for key in ("burglary", "fire", "medical", "panic", "technical"):
            plan = self.env.ref(f"alarm_monitoring.plan_{key}")
            self.assertTrue(plan.step_ids.filtered("mandatory"), key)
            self.assertTrue(plan.scope_ids, key)
            for branch in plan.step_ids.branch_ids:
                self.assertNotEqual(branch.next_step_id, branch.step_id, key)
