from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..tools.incident_states import STATES, TRANSITIONS
from ..tools.locks import NAMESPACE, lock_numbers
from .common import MonitoringCase

VERBS = {
    "take": lambda incident: incident.action_take(),
    "release": lambda incident: incident.action_release(),
    "hold": lambda incident: incident.action_hold(5, "keyholder is on the way"),
    "note": lambda incident: incident.action_note("called"),
    "resolve": lambda incident: incident.action_resolve("FA", ""),
    "close": lambda incident: incident.action_close(),
    "reassign": lambda incident: incident.action_take_over(),
    "cancel": lambda incident: incident.action_cancel("storm"),
    "dispatch": lambda incident: incident.action_report_dispatched("car 1"),
    "accept": lambda incident: incident.action_report_accepted(),
    "arrive": lambda incident: incident.action_report_on_site(),
    "find": lambda incident: incident.action_report_finding("false", "a cat"),
    "preprocess": lambda incident: incident.action_preprocess("gate opened"),
    "step": lambda incident: incident.action_step_done(open_step(incident), "reached"),
    "step_skip": lambda incident: incident.action_step_skip(open_step(incident), "why not"),
    "change_plan": lambda incident: incident.action_change_plan(
        incident.env.ref("alarm_monitoring.plan_fire").id
    ),
    "call": lambda incident: incident.action_log_call(
        outcome="no_answer", phone="555 0199", name="Neighbour"
    ),
    "passcode": lambda incident: incident.action_passcode("wrong"),
    "acknowledge": lambda incident: incident.action_acknowledge(),
    "notify": lambda incident: incident.action_notify("police", "told"),
    "loss": lambda incident: incident.action_loss("nothing"),
    "score": lambda incident: incident.action_set_score(3, "seen"),
}


def open_step(incident):
    return incident.step_ids.filtered(lambda step: step.state == "current").id


@tagged("post_install", "-at_install")
class TestVerbs(MonitoringCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ingest(cls.signal())
        cls.incident = cls.open_incident().with_user(cls.dispatcher)

    def last(self):
        self.env.invalidate_all()
        return self.incident.entry_ids.sorted("id")[-1]

    def finish_paperwork(self):
        """What closing asks for, tested in test_gates.py."""
        self.incident.action_acknowledge()
        supervised = self.incident.with_user(self.supervisor)
        self.incident._write_private({"user_id": self.supervisor.id})
        while step := open_step(supervised):
            supervised.action_step_skip(step, "not needed")
        self.incident.action_passcode("none", "nobody there")
        for party in ("customer", "police", "insurer"):
            self.incident.action_notify(party, "told")
        self.incident.action_loss("nothing")

    def test_every_allowed_transition_leads_where_the_table_says(self):
        supervised = self.incident.with_user(self.supervisor)
        for verb, transition in TRANSITIONS.items():
            if verb == "close":  # closed for good; see test_gates.py
                continue
            for state in transition.sources:
                own = state in ("working", "held", "dispatched", "resolved")
                with self.subTest(verb=verb, state=state), self.env.cr.savepoint() as point:
                    self.incident._write_private(
                        {
                            "state": state,
                            "user_id": self.supervisor.id if own else False,
                            "dispatched_at": fields.Datetime.now(),
                        }
                    )
                    VERBS[verb](supervised)
                    self.assertEqual(supervised.state, transition.target or state)
                    self.assertEqual(self.last().kind, transition.entry)
                    self.env.flush_all()
                    point.rollback()
                self.env.invalidate_all()

    def test_take_hold_resume_note_resolve_close(self):
        self.incident.action_shown()
        shown_at = self.incident.shown_at
        self.assertTrue(shown_at)
        self.incident.action_take()
        self.assertEqual((self.incident.state, self.incident.user_id), ("working", self.dispatcher))
        self.assertEqual((self.last().kind, self.last().author), ("taken", "Anna"))
        self.incident.action_note("  keyholder called ")
        self.assertEqual((self.last().kind, self.last().text), ("note", "keyholder called"))
        self.incident.action_hold(10, "waiting for the keyholder")
        self.assertEqual(self.incident.state, "held")
        self.assertIn("10 min", self.last().text)
        self.incident.action_take()
        self.assertEqual(self.incident.state, "working")
        self.assertFalse(self.incident.held_until)
        self.incident.action_resolve("RB", "broken window")
        self.assertEqual(self.incident.state, "resolved")
        self.assertEqual(self.incident.resolution_id.kind, "real")
        self.assertIn("broken window", self.last().text)
        self.finish_paperwork()
        self.incident.action_close()
        self.assertEqual(self.incident.state, "closed")
        self.assertTrue(self.incident.closed_at)
        self.incident.action_shown()
        self.assertEqual(self.incident.shown_at, shown_at)

    def test_the_second_taker_is_told_the_holder(self):
        self.incident.action_take()
        with self.assertRaisesRegex(UserError, "Anna"):
            self.incident.with_user(self.colleague).action_take()
        self.assertEqual(self.incident.user_id, self.dispatcher)

    def test_taking_again_what_one_holds_changes_nothing(self):
        self.incident.action_take()
        entries = len(self.incident.entry_ids)
        self.incident.action_take()
        self.env.invalidate_all()
        self.assertEqual(len(self.incident.entry_ids), entries)

    def test_only_the_holder_handles(self):
        self.incident.action_take()
        other = self.incident.with_user(self.colleague)
        for verb in ("release", "hold", "resolve"):
            with self.assertRaisesRegex(UserError, "Anna", msg=verb):
                VERBS[verb](other)
        other.action_note("anybody may write down what he knows")

    def test_every_forbidden_transition_says_why(self):
        supervised = self.incident.with_user(self.supervisor)
        for state, _label in STATES:
            for verb, transition in TRANSITIONS.items():
                if state in transition.sources:
                    continue
                holder = self.supervisor.id if state in ("working", "held", "dispatched") else False
                self.incident._write_private({"state": state, "user_id": holder})
                if verb == "take" and holder:
                    continue
                with self.assertRaisesRegex(UserError, self.incident.name, msg=f"{verb} {state}"):
                    VERBS[verb](supervised)

    def test_bad_arguments_are_refused(self):
        self.incident.action_take()
        with self.assertRaisesRegex(UserError, "RB"):
            self.incident.action_resolve("??", "")
        with self.assertRaises(UserError):
            self.incident.action_note("  ")
        with self.assertRaises(UserError):
            self.incident.action_hold(5, "")
        with self.assertRaises(UserError):
            self.incident.action_hold(0, "reason")
        with self.assertRaises(ValidationError):
            self.incident.action_hold("5", "reason")
        self.assertEqual(self.incident.state, "working")

    def test_a_held_incident_returns(self):
        self.incident.action_take()
        self.incident.action_hold(5, "reason")
        self.incident._write_private({"held_until": fields.Datetime.now() - timedelta(seconds=1)})
        self.beat()
        self.assertEqual((self.incident.state, self.incident.user_id.id), ("queued", False))
        self.assertEqual(self.last().kind, "returned")

    def test_supervisors_reassign_take_over_and_cancel(self):
        self.incident.action_take()
        for verb in (
            lambda incident: incident.action_reassign(self.colleague.id),
            lambda incident: incident.action_take_over(),
            lambda incident: incident.action_cancel("why"),
        ):
            with self.assertRaises(AccessError):
                verb(self.incident)
        supervised = self.incident.with_user(self.supervisor)
        supervised.action_reassign(self.colleague.id)
        self.assertEqual(self.incident.user_id, self.colleague)
        self.assertIn("Anna → Bert", self.last().text)
        with self.assertRaises(UserError):
            supervised.action_reassign(self.approver.id)
        supervised.action_take_over()
        supervised.action_release()
        supervised.action_cancel("storm")
        self.assertEqual(self.incident.state, "cancelled")

    def test_nobody_else_may_act(self):
        reader = new_test_user(self.env, "test-reader", groups="alarm_subscriber.group_back_office")
        for verb in (*VERBS.values(), lambda incident: incident.action_shown()):
            with self.assertRaises(AccessError):
                verb(self.incident.with_user(reader))

    def test_another_company_may_not_act(self):
        company = self.env["res.company"].create({"name": "Other centre"})
        stranger = new_test_user(
            self.env,
            "test-stranger",
            groups="alarm_monitoring.group_supervisor",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        for verb in VERBS.values():
            with self.assertRaises(AccessError):
                verb(self.incident.with_user(stranger))
        theirs = self.env["alarm.incident"].with_user(stranger)
        self.assertFalse(theirs.search([("id", "=", self.incident.id)]))
        self.assertFalse(
            self.env["alarm.incident.entry"]
            .with_user(stranger)
            .search([("incident_id", "=", self.incident.id)])
        )

    def test_wizards_call_the_verbs(self):
        self.incident.action_take()
        user = self.env(user=self.dispatcher)
        own = {"incident_id": self.incident.id}
        user["alarm.incident.note"].create({**own, "text": "seen"}).action_apply()
        self.assertEqual(self.last().text, "seen")
        user["alarm.incident.hold"].create({**own, "minutes": 3, "reason": "wait"}).action_apply()
        self.assertEqual(self.incident.state, "held")
        self.incident.action_take()
        resolution = self.env.ref("alarm_monitoring.resolution_fa")
        user["alarm.incident.resolve"].create(
            {**own, "resolution_id": resolution.id, "note": "cat"}
        ).action_apply()
        self.assertEqual(self.incident.resolution_id, resolution)

    def test_the_hook_is_called_once_for_each_verb(self):
        calls = []
        self.patch(
            type(self.env["alarm.incident"]),
            "_on_incidents_changed",
            lambda incidents: calls.append(incidents.ids),
        )
        self.incident.action_take()
        self.assertEqual(calls, [self.incident.ids])

    def test_who_closes_it_locks_its_matter_against_the_decider(self):
        self.incident.action_take()
        [number] = lock_numbers({self.incident.key})
        held = """
            SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted
               AND pid = pg_backend_pid() AND classid = %s AND objid::bigint = %s
        """
        parameters = [NAMESPACE, number % 2**32]
        self.env.cr.execute(held, parameters)
        self.assertEqual(self.env.cr.fetchone(), (0,))
        self.incident.action_resolve("FA")
        self.env.cr.execute(held, parameters)
        self.assertEqual(self.env.cr.fetchone(), (1,))

    def test_what_is_taken_while_its_time_runs_out_stays_taken(self):
        self.incident.action_take()
        self.incident.action_hold(1, "wait")
        self.env.cr.execute(
            "UPDATE alarm_incident SET held_until = now() - interval '1 minute' WHERE id = %s",
            [self.incident.id],
        )
        self.env.invalidate_all()
        incidents = type(self.env["alarm.incident"])
        lock = incidents.try_lock_for_update

        def resume_then_lock(records, **options):
            records.env.cr.execute(
                "UPDATE alarm_incident SET state = 'working', held_until = NULL WHERE id = %s",
                [self.incident.id],
            )
            return lock(records, **options)

        with patch.object(incidents, "try_lock_for_update", resume_then_lock):
            self.env["alarm.incident"]._return_held()
        self.env.invalidate_all()
        self.assertEqual((self.incident.state, self.incident.user_id), ("working", self.dispatcher))

    def test_nothing_is_given_to_who_cannot_see_it(self):
        company = self.env["res.company"].create({"name": "Other Centre"})
        stranger = new_test_user(
            self.env,
            "test-stranger",
            groups="alarm_monitoring.group_dispatcher",
            name="Dora",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        with self.assertRaisesRegex(UserError, "Dora"):
            self.incident.with_user(self.supervisor).action_reassign(stranger.id)
