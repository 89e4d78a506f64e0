import itertools

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, TransactionCase, tagged
from odoo.tools import mute_logger

from ..tools.work_states import KINDS, STATES, TRANSITIONS, next_verb, sources
from .common import WorkCase


class TestWorkTable(TransactionCase):
    """The table of states, without orders."""

    def test_every_state_but_the_ends_has_a_way_on(self):
        for (state, _label), (kind, _name) in itertools.product(STATES, KINDS):
            with self.subTest(state=state, kind=kind):
                verb = next_verb(state, kind)
                if state in ("done", "cancelled"):
                    self.assertIsNone(verb)
                else:
                    self.assertIn(state, sources(verb, kind))

    def test_nothing_leads_out_of_the_ends(self):
        for verb, (kind, _name) in itertools.product(TRANSITIONS, KINDS):
            self.assertFalse({"done", "cancelled"} & sources(verb, kind))

    def test_an_installation_is_never_finished_untested(self):
        for kind in ("installation", "extension"):
            self.assertEqual(sources("finish", kind), {"accepted"})
        self.assertIn("in_progress", sources("finish", "survey"))


@tagged("post_install", "-at_install")
class TestStates(WorkCase):
    def test_an_installation_goes_its_way(self):
        order = self.order()
        self.assertRegex(order.name, r"^W\d{4}-\d{5}$")
        order.action_schedule()
        mine = self.mine(order)
        for verb, state, clock in (
            (mine.action_start, "in_progress", "started_at"),
            (mine.action_test, "testing", "tested_at"),
        ):
            verb()
            self.assertEqual(order.state, state)
            self.assertTrue(order[clock])

    def test_every_forbidden_jump_is_refused_with_the_reason(self):
        verbs = {
            "schedule": lambda order: order.action_schedule(),
            "unschedule": lambda order: order.action_unschedule(),
            "start": lambda order: order.action_start(),
            "test": lambda order: order.action_test(),
            "accept": lambda order: order.action_accept(),
            "finish": lambda order: order.action_finish(),
            "rework": lambda order: order.action_rework(),
            "cancel": lambda order: order.action_cancel("test"),
        }
        self.assertEqual(set(verbs), set(TRANSITIONS))
        labels = dict(STATES)
        for kind in ("installation", "survey", "removal", "inspection"):
            order = self.order(kind)
            for (state, _label), (verb, run) in itertools.product(STATES, verbs.items()):
                allowed = sources(verb, kind)
                if state in allowed:
                    continue
                with self.subTest(kind=kind, state=state, verb=verb):
                    order._write_by_verb({"state": state})
                    with self.assertRaises(UserError) as refused:
                        run(order)
                    reason = str(refused.exception)
                    self.assertIn(order.name, reason)
                    self.assertIn(labels[TRANSITIONS[verb].target], reason)
                    for source in allowed:
                        self.assertIn(labels[source], reason)
                    self.assertEqual(order.state, state)

    def test_a_survey_is_finished_where_it_was_done(self):
        order = self.order("survey", subscriber_id=False, partner_id=self.customer.id)
        order.action_schedule()
        self.mine(order).action_start()
        self.mine(order).action_finish()
        self.assertEqual(order.state, "done")

    def test_what_is_missing_is_shown_before_and_refused_after(self):
        order = self.order(crew_id=False, planned_start=False, planned_end=False)
        self.assertIn("crew", order.missing)
        self.assertIn("when", order.missing)
        with self.assertRaisesRegex(UserError, "crew"):
            order.action_schedule()
        self.assertEqual(order.state, "draft")

    def test_the_state_cannot_be_written(self):
        order = self.order()
        for values in ({"state": "done"}, {"name": "X"}, {"accepted_at": "2030-01-01 00:00:00"}):
            with self.assertRaisesRegex(UserError, "actions"):
                order.write(values)
        with self.assertRaises(UserError):
            self.order(state="done")
        made = (
            self.env["alarm.work.order"]
            .with_context(default_state="done")
            .create({"subscriber_id": self.subscriber.id})
        )
        self.assertEqual(made.state, "draft")

    def test_a_cancelled_order_says_why(self):
        order = self.order()
        for reason in ("", "  ", None):
            with self.assertRaises(UserError):
                order.action_cancel(reason)
        order.action_cancel("customer withdrew")
        self.assertEqual((order.state, order.cancel_reason), ("cancelled", "customer withdrew"))

    def test_what_it_was_scheduled_for_stays(self):
        order = self.order()
        order.kind = "extension"
        order.action_schedule()
        # As a form writes it: the same again is no change.
        order.write({"kind": "extension", "priority": "1"})
        for values in ({"kind": "removal"}, {"subscriber_id": False}):
            with self.assertRaisesRegex(UserError, "cannot be changed"):
                order.write(values)
        order.action_cancel("over")
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            order.description = "other"

    def test_only_drafts_are_deleted(self):
        order = self.order()
        order.action_schedule()
        with self.assertRaisesRegex(UserError, "Cancel it"):
            order.unlink()

    def test_only_a_survey_goes_without_a_subscriber(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(CheckViolation),
            self.env.cr.savepoint(),
        ):
            self.order(subscriber_id=False)


@tagged("post_install", "-at_install")
class TestRights(WorkCase):
    def test_a_technician_sees_and_moves_own_orders_only(self):
        order = self.order()
        order.action_schedule()
        self.assertEqual(self.mine(order).search([("id", "=", order.id)]), order)
        foreign = order.with_user(self.stranger)
        self.assertFalse(foreign.search([("id", "=", order.id)]))
        with self.assertRaises(AccessError):
            foreign.action_start()

    def test_a_technician_neither_plans_nor_cancels_nor_makes(self):
        order = self.order()
        mine = self.mine(order)
        for verb in (mine.action_schedule, lambda: mine.action_cancel("x")):
            with self.assertRaisesRegex(AccessError, "planner"):
                verb()
        with self.assertRaisesRegex(AccessError, "planner"):
            mine.write({"planned_start": "2030-02-02 08:00:00"})
        with self.assertRaisesRegex(AccessError, "planner"):
            mine.write({"technician_ids": [(4, self.stranger.id)]})
        with self.assertRaises(AccessError):
            mine.create({"subscriber_id": self.subscriber.id})
        with self.assertRaises(AccessError):
            mine.unlink()

    def test_nobody_else_touches_orders(self):
        order = self.order()
        reader = self.env["res.users"].create(
            {
                "name": "R",
                "login": "t-wo-reader",
                "group_ids": [(4, self.env.ref("alarm_subscriber.group_reader").id)],
            }
        )
        with self.assertRaises(AccessError):
            order.with_user(reader).read(["name"])
        keeper = order.with_user(self.storekeeper)
        self.assertEqual(keeper.name, order.name)
        for verb in (keeper.action_start, keeper.action_schedule):
            with self.assertRaises(AccessError):
                verb()
        with self.assertRaises(AccessError):
            keeper.write({"priority": "1"})

    def test_another_companys_orders_are_out_of_sight(self):
        other = self.env["res.company"].create({"name": "Other Centre"})
        order = self.order()
        order.sudo().write({"subscriber_id": False, "kind": "survey", "crew_id": False})
        order.sudo().company_id = other
        self.assertFalse(
            self.env["alarm.work.order"].with_user(self.planner).search([("id", "=", order.id)])
        )

    def test_a_planner_keeps_crews_without_the_files_of_the_staff(self):
        Crew = self.env["alarm.crew"].with_user(self.planner)
        found = self.env["hr.employee"].with_user(self.planner).name_search("Tina")
        crew = Crew.create({"name": "New", "member_ids": [(6, 0, [found[0][0]])]})
        self.env.invalidate_all()
        [values] = crew.web_read(
            {
                "member_ids": {"fields": {"display_name": {}}},
                "user_ids": {"fields": {"display_name": {}}},
                "skill_ids": {"fields": {"display_name": {}}},
            }
        )
        self.assertEqual(values["member_ids"][0]["display_name"], "Tina")
        self.assertEqual(values["user_ids"][0]["display_name"], "Tina")

    def test_whoever_may_see_orders_can_open_the_form(self):
        order = self.order()
        order.action_schedule()
        self.env.invalidate_all()
        for user in (self.planner, self.technician):
            with self.subTest(user=user.name):
                view = Form(order.with_user(user))
                self.assertEqual(view.name, order.name)

    def test_a_planner_changes_nothing_of_the_register(self):
        with self.assertRaises(AccessError):
            self.subscriber.with_user(self.planner).write({"name": "X"})
