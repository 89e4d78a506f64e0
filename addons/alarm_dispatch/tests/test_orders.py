from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..tools.dispatch_states import CLOCKS, STATES, TRANSITIONS
from .common import DispatchCase

VERBS = {
    "accept": lambda order: order.action_accept(),
    "decline": lambda order: order.action_decline("ill"),
    "depart": lambda order: order.action_depart(),
    "arrive": lambda order: order.action_arrive(),
    "finish": lambda order: order.action_finish(),
    "cancel": lambda order: order.action_cancel("called off"),
}


@tagged("post_install", "-at_install")
class TestOrders(DispatchCase):
    def test_from_proposal_to_finding(self):
        order = self.dispatch()
        self.assertEqual((self.incident.state, order.state), ("dispatched", "proposed"))
        self.assertTrue(self.incident.dispatched_at)
        self.assertEqual((self.last().kind, self.last().author), ("dispatched", "Anna"))
        self.assertIn("Ralf: back door", self.last().text)
        mine = order.with_user(self.ralf_user)
        mine.action_accept()
        self.assertEqual((self.last().kind, self.last().author), ("dispatch_accepted", "Ralf"))
        self.assertEqual(self.incident.accepted_at, order.accepted_at)
        mine.action_depart()
        self.assertEqual(self.last().kind, "dispatch_en_route")
        mine.action_arrive()
        self.assertEqual(self.last().kind, "dispatch_on_site")
        self.assertEqual(self.incident.on_site_at, order.on_site_at)
        self.report(mine)
        mine.action_finish()
        self.assertEqual((order.state, self.incident.finding), ("finished", "false"))
        self.assertEqual(self.last().kind, "dispatch_finding")
        self.assertIn("a cat", self.last().text)
        for clock in ("proposed_at", "accepted_at", "en_route_at", "on_site_at", "finished_at"):
            self.assertTrue(order[clock], clock)
        self.assertFalse(order.due_at)

    def test_every_allowed_transition_leads_where_the_table_says(self):
        order = self.dispatch()
        # What depends on the answers: one is asked, one is needed.
        by_answers = {"accept": "accepted", "decline": "declined"}
        for verb, transition in TRANSITIONS.items():
            for state in transition.sources:
                with self.subTest(verb=verb, state=state), self.env.cr.savepoint() as point:
                    answer = "invited" if state == "proposed" else "accepted"
                    order.sudo().member_ids.write({"state": answer})
                    order._write_private({"state": state})
                    if verb == "finish":
                        self.report(order.with_user(self.ralf_user))
                    VERBS[verb](order)
                    self.assertEqual(order.state, transition.target or by_answers[verb])
                    self.assertTrue(order[CLOCKS[order.state]])
                    kinds = self.incident.sudo().entry_ids.mapped("kind")
                    self.assertIn(transition.entry, kinds)
                    self.env.flush_all()
                    point.rollback()
                self.env.invalidate_all()

    def test_every_forbidden_transition_says_why(self):
        order = self.dispatch()
        for state, _label in STATES:
            for verb, transition in TRANSITIONS.items():
                if state in transition.sources:
                    continue
                member_state = "invited" if verb == "accept" else "accepted"
                order.sudo().member_ids.write({"state": member_state})
                order._write_private({"state": state})
                with self.assertRaisesRegex(UserError, order.name, msg=f"{verb} {state}"):
                    VERBS[verb](order)

    def test_the_second_to_accept_is_told_who_goes(self):
        order = self.dispatch(self.ralf, self.rosa)
        order.with_user(self.ralf_user).action_accept()
        self.assertEqual(order.member_ids.mapped("state"), ["accepted", "stood_down"])
        with self.assertRaisesRegex(UserError, "Ralf"):
            order.with_user(self.rosa_user).action_accept()
        order.with_user(self.ralf_user).action_accept()  # a second tap changes nothing
        self.assertEqual(order.crew, "Ralf")

    def test_two_go_where_the_policy_says_so(self):
        self.subscriber.category_id = self.env.ref("alarm_subscriber.category_bank")
        with self.assertRaisesRegex(UserError, "2"):
            self.dispatch(self.ralf)
        order = self.dispatch(self.ralf, self.rosa)
        order.with_user(self.ralf_user).action_accept()
        self.assertEqual(order.state, "proposed")
        with self.assertRaises(UserError):
            order.with_user(self.ralf_user).action_depart()
        order.with_user(self.rosa_user).action_accept()
        self.assertEqual((order.state, order.crew), ("accepted", "Ralf, Rosa"))

    def test_who_declines_frees_the_place(self):
        order = self.dispatch(self.ralf, self.rosa)
        order.with_user(self.ralf_user).action_accept()
        order.with_user(self.ralf_user).action_decline("flat tyre")
        self.assertEqual(order.state, "proposed")
        self.assertIn("flat tyre", self.last().text)
        with self.assertRaises(AccessError):
            order.with_user(self.ralf_user).action_accept()
        order.with_user(self.rosa_user).action_accept()
        self.assertEqual(order.crew, "Rosa")

    def test_the_incident_is_worked_on_again_when_nobody_comes(self):
        order = self.dispatch()
        order.with_user(self.ralf_user).action_decline("ill")
        self.assertEqual((order.state, order.end_reason), ("declined", "ill"))
        self.assertEqual(self.incident.state, "working")
        order = self.dispatch()
        order.action_cancel("keyholder went himself")
        self.assertEqual((order.state, self.incident.state), ("cancelled", "working"))

    def test_who_takes_over_or_resumes_finds_it_dispatched(self):
        order = self.dispatch()
        self.incident.action_hold(5, "waiting")
        self.incident.action_take()
        self.assertEqual(self.incident.state, "dispatched")
        self.incident.with_user(self.supervisor).action_take_over()
        self.assertEqual(self.incident.state, "dispatched")
        order.action_cancel("called off")
        self.incident.with_user(self.supervisor).action_reassign(self.dispatcher.id)
        self.assertEqual(self.incident.state, "working")

    def test_more_can_be_asked(self):
        order = self.dispatch()
        order.action_add_responders(self.rosa.ids)
        order.with_user(self.rosa_user).action_accept()
        self.assertEqual(order.crew, "Rosa")
        with self.assertRaises(UserError):
            order.with_user(self.rosa_user).action_depart() and order.action_add_responders(
                self.rudi.ids
            )

    def test_a_dispatcher_says_it_for_who_calls_by_radio(self):
        order = self.dispatch(self.rosa, self.rudi)
        with self.assertRaisesRegex(UserError, "Rosa, Rudi"):
            order.action_accept()
        order.action_accept(self.rudi.id)
        self.assertEqual(order.crew, "Rudi")
        order.action_depart()
        self.assertEqual((self.last().kind, self.last().author), ("dispatch_en_route", "Anna"))

    def test_a_responder_acts_for_himself_only(self):
        order = self.dispatch(self.ralf, self.rosa)
        with self.assertRaises(UserError):
            order.with_user(self.ralf_user).action_accept(self.rosa.id)
        with self.assertRaises(AccessError):
            order.with_user(self.ralf_user).action_cancel("no")
        stranger = new_test_user(
            self.env, "test-r", "base.group_portal,alarm_dispatch.group_responder"
        )
        for verb in VERBS.values():
            with self.assertRaises(AccessError):
                verb(order.with_user(stranger))

    def test_bad_responders_are_refused(self):
        for bad in ([], "1", [True], None, ["x"]):
            with self.assertRaises(UserError):
                self.incident.action_dispatch(bad)
        with self.assertRaisesRegex(UserError, "999999"):
            self.incident.action_dispatch([999999])

    def test_only_the_holder_sends(self):
        with self.assertRaisesRegex(UserError, "Anna"):
            self.incident.with_user(self.colleague).action_dispatch(self.ralf.ids)
        self.incident.action_release()
        with self.assertRaises(UserError):
            self.incident.action_dispatch(self.ralf.ids)
        with self.assertRaises(AccessError):
            self.incident.with_user(self.rosa_user).action_dispatch(self.ralf.ids)

    def test_nobody_writes_past_the_verbs(self):
        order = self.dispatch()
        for user in (self.dispatcher, self.supervisor, self.env.user):
            with self.assertRaises(UserError):
                order.with_user(user).write({"state": "finished"})
        with self.assertRaises(UserError):
            order.write({"finding": "false"})
        with self.assertRaises(UserError):
            order.sudo().unlink()

    def test_overdue_steps_are_marked_once_and_told(self):
        order = self.dispatch()
        self.assertEqual(order.due_at, order.proposed_at + timedelta(minutes=2))
        self.env["alarm.duty"]._run_due()
        self.assertFalse(order.overdue)
        order._write_private({"due_at": fields.Datetime.now() - timedelta(seconds=1)})
        self.env["alarm.duty"]._run_due()
        self.env["alarm.duty"]._run_due()
        self.assertEqual((order.overdue, self.last().kind), (True, "dispatch_overdue"))
        told = self.incident.entry_ids.filtered(lambda entry: entry.kind == "dispatch_overdue")
        self.assertEqual(len(told), 1)
        order.with_user(self.ralf_user).action_accept()
        self.assertFalse(order.overdue)

    def test_without_a_limit_nothing_is_overdue(self):
        self.env.ref("alarm_dispatch.policy_default").accept_minutes = 0
        self.assertFalse(self.dispatch().due_at)

    def test_marking_costs_the_same_queries_for_many(self):
        def overdue(count):
            orders = [self.dispatch(self.rudi) for _number in range(count)]
            for order in orders:
                order._write_private({"due_at": fields.Datetime.now() - timedelta(seconds=1)})
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(self.env["alarm.dispatch"]._mark_overdue()), count)
            return self.env.cr.sql_log_count - before

        self.env["alarm.dispatch"]._mark_overdue()  # what a demo company left undone
        overdue(1)
        self.assertEqual(overdue(8), overdue(2))

    def test_the_proposal_shows_the_nearest_first(self):
        wizard = (
            self.env["alarm.dispatch.propose"]
            .with_user(self.dispatcher)
            .with_context(default_incident_id=self.incident.id)
            .create({})
        )
        self.assertEqual(wizard.line_ids.mapped("responder_id.name"), ["Ralf", "Rosa", "Rudi"])
        self.assertEqual(wizard.line_ids.mapped("chosen"), [True, False, False])
        self.assertIn("territory", wizard.line_ids[2].obstacles)
        self.assertAlmostEqual(wizard.line_ids[0].distance_km, 1.1, delta=0.1)
        wizard.note = "mind the dog"
        wizard.action_apply()
        order = self.incident.dispatch_ids
        self.assertEqual((order.member_ids.name, order.note), ("Ralf", "mind the dog"))
        self.assertEqual(self.ralf.order_count, 1)

    def test_messages_are_sent_only_where_the_policy_wants_them(self):
        self.ralf.employee_id.work_email = "ralf@example.com"
        mails = self.env["mail.mail"].sudo().search_count([])
        texts = self.env["sms.sms"].sudo().search_count([])
        self.dispatch()
        self.assertEqual(self.env["mail.mail"].sudo().search_count([]), mails)
        self.assertEqual(self.env["sms.sms"].sudo().search_count([]), texts)
        self.env.ref("alarm_dispatch.policy_default").write(
            {"notify_mail": True, "notify_sms": True}
        )
        order = self.dispatch()
        mail = self.env["mail.mail"].sudo().search([], order="id desc", limit=1)
        self.assertEqual(mail.email_to, "ralf@example.com")
        self.assertIn(f"/my/dispatch/{order.id}", mail.body_html)
        text = self.env["sms.sms"].sudo().search([], order="id desc", limit=1)
        self.assertIn(order.site_name, text.body)
