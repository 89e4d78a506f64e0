from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..tools.due_work import job_name
from .common import MonitoringCase


@tagged("post_install", "-at_install")
class TestShifts(MonitoringCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.alarm_desk_manned = "always"
        # Nobody of the demonstration is at the desk.
        cls.env.cr.execute(
            """
            UPDATE alarm_shift SET ended_at = seen_at, end_kind = 'lost' WHERE ended_at IS NULL
            """
        )
        cls.env.cr.execute("DELETE FROM alarm_desk")
        cls.env["alarm.incident"].search(
            [("reason_kind", "=", "desk_empty"), ("state", "!=", "cancelled")]
        )._write_private({"state": "cancelled"})
        cls.env.invalidate_all()

    def shifts(self, user):
        return self.env["alarm.shift"].with_user(user)

    def start(self, *users):
        for user in users:
            self.shifts(user).action_start()
        self.env.invalidate_all()

    def end(self, user, note="", *confirmed):
        answer = self.shifts(user).action_end(note, confirmed)
        self.env.invalidate_all()
        return answer

    def shift(self, user):
        return self.env["alarm.shift"].search([("user_id", "=", user.id)], limit=1)

    def age(self, user, seconds):
        """The boards of a user have been silent for so long, and due work looked all the time."""
        now = fields.Datetime.now()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE alarm_shift SET seen_at = %s WHERE user_id = %s AND ended_at IS NULL",
            [now - timedelta(seconds=seconds), user.id],
        )
        self.env.cr.execute("UPDATE alarm_desk SET watched_since = %s", [now - timedelta(hours=5)])
        self.env["alarm.duty.job"]._done("alarm.desk._watch", 0)
        self.env.invalidate_all()

    def watch(self):
        self.env["alarm.desk"]._watch()
        self.env.flush_all()
        self.env.invalidate_all()

    def empty(self):
        return self.open_incident(f"desk:{self.company.id}")

    def take(self, user):
        self.ingest(self.signal())
        incident = self.open_incident()
        incident.with_user(user).action_take()
        return incident

    # -- begin and beat ----------------------------------------------------------------------------

    def test_two_boards_of_one_dispatcher_are_one_shift(self):
        self.start(self.dispatcher, self.dispatcher)
        shift = self.env["alarm.shift"].search([("user_id", "=", self.dispatcher.id)])
        self.assertEqual((len(shift), shift.state), (1, "present"))
        self.assertEqual(shift.company_id, self.company)

    def test_only_dispatchers_have_shifts_and_nobody_writes_them(self):
        reader = new_test_user(self.env, "test-reader", groups="alarm_subscriber.group_reader")
        with self.assertRaises(AccessError):
            self.shifts(reader).action_start()
        self.start(self.dispatcher)
        shift = self.shift(self.dispatcher)
        with self.assertRaises(UserError):
            shift.with_user(self.supervisor).write({"note": "x"})
        with self.assertRaises(AccessError):
            self.shifts(self.supervisor).create(
                {
                    "user_id": self.supervisor.id,
                    "company_id": self.company.id,
                    "started_at": fields.Datetime.now(),
                    "seen_at": fields.Datetime.now(),
                }
            )
        with self.assertRaises(UserError):
            shift.unlink()

    def test_a_beat_writes_at_most_once_a_minute(self):
        self.start(self.dispatcher)
        before = self.shift(self.dispatcher).seen_at
        self.shifts(self.dispatcher)._beat()
        self.env.invalidate_all()
        self.assertEqual(self.shift(self.dispatcher).seen_at, before)
        self.age(self.dispatcher, 60)
        self.shifts(self.dispatcher)._beat()
        self.env.invalidate_all()
        self.assertGreaterEqual(self.shift(self.dispatcher).seen_at, before)

    def test_shifts_of_another_company_are_not_seen(self):
        other = self.env["res.company"].create({"name": "Other Centre"})
        stranger = new_test_user(
            self.env,
            "test-stranger",
            groups="alarm_monitoring.group_dispatcher",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        self.start(self.dispatcher)
        shift = self.shift(self.dispatcher)
        self.assertNotIn(shift, self.shifts(stranger).search([]))
        with self.assertRaises(AccessError):
            self.end(self.dispatcher, "secret", "last")
            shift.with_user(stranger).action_read()

    # -- the end -----------------------------------------------------------------------------------

    def test_the_last_one_must_confirm_and_the_supervisors_are_told(self):
        self.start(self.dispatcher, self.colleague)
        self.end(self.dispatcher)
        self.assertFalse(self.empty())
        with self.assertRaises(UserError):
            self.end(self.colleague)
        self.assertTrue(self.end(self.colleague, "quiet night", "last"))
        incident = self.empty()
        self.assertEqual((incident.reason_kind, incident.priority), ("desk_empty", "1"))
        self.assertIn("Bert", incident.reason)
        self.assertTrue(self.shift(self.colleague).was_last)
        self.assertFalse(self.shift(self.dispatcher).was_last)

    def test_somebody_at_the_desk_again_ends_the_trouble(self):
        self.start(self.dispatcher)
        self.end(self.dispatcher, "", "last")
        incident = self.empty()
        self.start(self.colleague)
        self.assertTrue(incident.cause_over)
        self.end(self.colleague, "", "last")
        self.assertEqual(self.empty(), incident)
        self.assertFalse(incident.cause_over)
        self.assertIn("Bert", incident.entry_ids.sorted("id")[-1].description)

    def test_a_desk_that_need_not_be_manned_is_left_in_peace(self):
        self.company.alarm_desk_manned = "never"
        self.start(self.dispatcher)
        self.assertTrue(self.end(self.dispatcher))
        self.watch()
        self.assertFalse(self.empty())

    def test_what_is_in_hand_must_be_known_to_be_left(self):
        self.start(self.dispatcher, self.colleague)
        incident = self.take(self.dispatcher)
        with self.assertRaises(UserError) as caught:
            self.end(self.dispatcher)
        self.assertIn(incident.name, str(caught.exception))
        self.assertTrue(self.end(self.dispatcher, "", "incidents"))

    def test_ending_twice_ends_once(self):
        self.start(self.dispatcher, self.colleague)
        self.assertTrue(self.end(self.dispatcher, "first"))
        self.assertFalse(self.end(self.dispatcher, "second"))
        self.assertEqual(self.shift(self.dispatcher).note, "first")

    def test_what_is_open_is_noted_by_itself(self):
        self.start(self.dispatcher, self.colleague)
        incident = self.take(self.dispatcher)
        incident.with_user(self.dispatcher).action_hold(30, "waits for the owner")
        self.subscriber.with_user(self.supervisor).action_begin_test(
            60, "service", {"authorised_name": "Li", "override": "known voice"}
        )
        self.end(self.dispatcher, "look after the shop", "incidents")
        words = self.shift(self.dispatcher).facts_words
        self.assertIn(incident.name, words)
        self.assertIn("waits for the owner", words)
        self.assertIn(self.subscriber.name, words)

    def test_incidents_go_to_a_colleague_at_the_desk_only(self):
        self.start(self.dispatcher)
        incident = self.take(self.dispatcher)
        with self.assertRaises(UserError):
            incident.with_user(self.dispatcher).action_hand_over(self.colleague.id)
        self.start(self.colleague)
        incident.with_user(self.dispatcher).action_hold(30, "waits")
        incident.with_user(self.dispatcher).action_hand_over(self.colleague.id)
        self.assertEqual((incident.user_id, incident.state), (self.colleague, "held"))
        self.assertEqual(incident.entry_ids.sorted("id")[-1].kind, "handed_over")
        with self.assertRaises(UserError):
            incident.with_user(self.dispatcher).action_hand_over(self.dispatcher.id)

    # -- notes -------------------------------------------------------------------------------------

    def test_a_note_waits_for_each_colleague_until_read(self):
        self.start(self.dispatcher, self.colleague)
        self.end(self.dispatcher, "the lift alarm is known")
        shift = self.shift(self.dispatcher)
        self.assertIn(shift, self.shifts(self.colleague)._unread())
        self.assertNotIn(shift, self.shifts(self.dispatcher)._unread())
        shift.with_user(self.colleague).action_read()
        shift.with_user(self.colleague).action_read()
        self.env.invalidate_all()
        self.assertEqual(shift.reading_ids.user_id, self.colleague)
        self.assertNotIn(shift, self.shifts(self.colleague)._unread())
        self.assertIn(shift, self.shifts(self.supervisor)._unread())

    def test_the_own_note_is_not_acknowledged(self):
        self.start(self.dispatcher, self.colleague)
        self.end(self.dispatcher, "note")
        shift = self.shift(self.dispatcher)
        shift.with_user(self.dispatcher).action_read()
        self.assertFalse(shift.reading_ids)

    # -- presence ----------------------------------------------------------------------------------

    def test_boards_that_fall_silent_are_noticed(self):
        self.start(self.dispatcher)
        self.age(self.dispatcher, 150)
        self.watch()
        self.assertFalse(self.empty())
        self.age(self.dispatcher, 200)
        self.watch()
        self.assertEqual(self.shift(self.dispatcher).state, "absent")
        self.assertTrue(self.empty())
        self.shifts(self.dispatcher)._beat()
        self.watch()
        self.assertEqual(self.shift(self.dispatcher).state, "present")
        self.assertTrue(self.empty().cause_over)

    def test_a_silent_board_matters_only_when_nobody_else_is_there(self):
        self.start(self.dispatcher, self.colleague)
        self.age(self.dispatcher, 200)
        self.watch()
        self.assertEqual(self.shift(self.dispatcher).state, "absent")
        self.assertFalse(self.empty())

    def test_a_shift_lost_from_sight_is_over(self):
        self.start(self.dispatcher)
        self.age(self.dispatcher, 2000)
        self.watch()
        self.watch()
        shift = self.shift(self.dispatcher)
        self.assertEqual((shift.state, shift.end_kind), ("over", "lost"))
        self.assertEqual(shift.ended_at, shift.seen_at)

    def test_after_an_outage_of_the_server_boards_get_time(self):
        self.start(self.dispatcher)
        self.age(self.dispatcher, 2000)
        job = self.env["alarm.duty.job"].search([("name", "=", "alarm.desk._watch")])
        job.last_run_at -= timedelta(minutes=10)
        self.watch()
        self.assertEqual(self.shift(self.dispatcher).state, "present")
        self.assertFalse(self.empty())

    def test_the_due_work_watches_and_says_what_it_does(self):
        jobs = {job_name(job) for job in self.env["alarm.duty"]._due_jobs()}
        self.assertIn("alarm.desk._watch", jobs)
        self.assertIn("alarm.desk._watch", self.env["alarm.duty.job"]._labels())
