from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged

from .common import make_subscriber, setup_board


@tagged("post_install", "-at_install")
class TestBoardDesk(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        setup_board(cls)
        cls.supervisor = new_test_user(
            cls.env, "board_supervisor", groups="alarm_monitoring.group_supervisor"
        )
        cls.env.cr.execute(
            "UPDATE alarm_shift SET ended_at = seen_at, end_kind = 'lost', note = NULL"
        )
        cls.env.invalidate_all()

    def shifts(self, user):
        self.env.invalidate_all()
        return self.env["alarm.shift"].with_user(user)

    def report(self, **values):
        answer = (
            self.env["alarm.incident"]
            .with_user(self.dispatcher)
            .action_report(
                {
                    "subscriber_id": self.subscriber.id,
                    "caller": "Neighbour",
                    "phone": "555 0199",
                    "event_class": "burglary",
                    **values,
                }
            )
        )
        self.env.invalidate_all()
        return self.env["alarm.incident"].browse(answer["id"])

    def row(self, incident):
        [row] = incident.with_user(self.dispatcher)._prepare_board_rows()
        return row

    def test_what_is_no_subscribers_is_told_by_its_place(self):
        incident = self.report(subscriber_id=False, place="North Bridge")
        self.assertEqual(incident._wall_words()["site"], "North Bridge")
        [held] = incident._prepare_held_facts()
        self.assertEqual(held["subscriber"], "North Bridge")

    def test_the_desk_says_who_is_there_and_what_waits_to_be_read(self):
        self.shifts(self.dispatcher).action_start()
        self.shifts(self.colleague).action_start()
        desk = self.shifts(self.dispatcher).board_desk()
        self.assertTrue(desk["shift"]["started_at"].endswith("Z"))
        self.assertEqual([one["id"] for one in desk["colleagues"]], [self.colleague.id])
        self.assertEqual((desk["notes"], desk["may_inject"]), ([], False))
        self.shifts(self.colleague).action_end("the gate is broken", ["last"])
        desk = self.shifts(self.dispatcher).board_desk()
        [note] = desk["notes"]
        self.assertEqual((note["note"], desk["colleagues"]), ("the gate is broken", []))
        self.shifts(self.dispatcher).browse(note["id"]).action_read()
        self.assertEqual(self.shifts(self.dispatcher).board_desk()["notes"], [])
        self.assertTrue(self.shifts(self.supervisor).board_desk()["may_inject"])

    def test_two_boards_of_one_user_see_one_shift(self):
        self.shifts(self.dispatcher).action_start()
        first = self.shifts(self.dispatcher).board_desk()
        second = self.shifts(self.dispatcher).board_desk()
        self.assertEqual(first, second)
        self.shifts(self.dispatcher).action_end("", ["last"])
        self.assertIsNone(self.shifts(self.dispatcher).board_desk()["shift"])

    def test_who_leaves_is_told_what_he_leaves(self):
        self.shifts(self.dispatcher).action_start()
        incident = self.report(take=True)
        told = self.shifts(self.dispatcher).board_handover()
        self.assertEqual([one["id"] for one in told["incidents"]], [incident.id])
        self.assertEqual(told["last"], [self.company.name])
        self.shifts(self.colleague).action_start()
        told = self.shifts(self.dispatcher).board_handover()
        self.assertEqual(told["last"], [])
        self.assertEqual([one["id"] for one in told["colleagues"]], [self.colleague.id])

    def test_who_is_no_dispatcher_has_no_desk(self):
        for method in ("board_desk", "board_handover", "action_start", "action_end"):
            with self.assertRaises(AccessError):
                getattr(self.shifts(self.reader), method)()

    def test_a_call_without_a_subscriber_says_who_and_where_in_the_queue(self):
        incident = self.report(
            subscriber_id=False, caller="Police", place="Harbour Road 9", event_class="fire"
        )
        row = self.row(incident)
        self.assertEqual(
            (row["caller"], row["address"], row["injected"]), ("Police", "Harbour Road 9", False)
        )
        self.assertEqual(row["event"]["class"], "fire")
        self.assertIn("phone", row["event"]["names"]["en_US"])

    def test_the_panel_shows_the_number_to_call_back(self):
        detail = self.report().with_user(self.dispatcher).board_detail()
        self.assertEqual(detail["report"], {"caller": "Neighbour", "phone": "555 0199"})

    def test_the_form_of_a_call_says_what_it_joins(self):
        form = self.subscriber.with_user(self.dispatcher).board_report_form()
        self.assertIsNone(form["open"])
        self.assertEqual(form["contacts"][0]["name"], "Test Keyholder")
        incident = self.report(take=True)
        self.env.invalidate_all()
        form = self.subscriber.with_user(self.colleague).board_report_form()
        self.assertEqual(form["open"]["id"], incident.id)
        self.assertEqual(form["open"]["holder"], self.dispatcher.name)
        self.assertNotIn("passcode", form["contacts"][0])

    def test_a_test_signal_is_marked_in_its_row(self):
        code = self.env["alarm.event.code"].search(
            [("code_system", "=", "cid"), ("code", "=", "130")]
        )
        answer = self.subscriber.panel_ids.with_user(self.supervisor).action_inject(code.id)
        self.env.invalidate_all()
        row = self.row(self.env["alarm.incident"].browse(answer["incident_id"]))
        self.assertTrue(row["injected"])
        self.assertFalse(self.row(self.report())["injected"])

    def test_codes_are_found_by_number_and_by_words(self):
        codes = self.env["alarm.event.code"].with_user(self.supervisor)
        self.assertIn("130", codes.board_codes("130")[0]["label"])
        self.assertTrue(all("urglar" in one["label"] for one in codes.board_codes("burglar")))

    def test_forms_open_no_other_companys_subscriber(self):
        company = self.env["res.company"].create({"name": "Other Centre"})
        stranger = new_test_user(
            self.env,
            "board_stranger",
            groups="alarm_monitoring.group_supervisor",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        subscriber = make_subscriber(self, "Second Shop", "7002")
        for method in ("board_report_form", "board_injection_form"):
            with self.assertRaises(AccessError):
                getattr(subscriber.with_user(stranger), method)()
