from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .test_changes import ChangeCase, reason_of

LAST_DAY = date(2030, 6, 20)
# A week to collect it.
DUE = date(2030, 6, 27)


@tagged("post_install", "-at_install")
@freeze_time("2030-05-01 08:00")
class TestReturn(ChangeCase):
    """Who leaves gives our equipment back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("alarm_contract.task_type_collect_equipment").days = 7
        cls.ours, cls.theirs = cls.env["alarm.device"].create(
            [
                {
                    "name": f"Test {ownership}",
                    "kind": "panel",
                    "ownership": ownership,
                    "subscriber_id": cls.subscriber.id,
                }
                for ownership in ("leased", "sold")
            ]
        )
        cls.recorder = cls.env["alarm.device"].create(
            {"name": "Test Recorder", "kind": "recorder", "ownership": "leased"}
        )

    def leave(self, last_day=LAST_DAY, **values):
        contract = self.run_contract(
            start=date(2030, 1, 1),
            device_ids=[Command.set(self.recorder.ids)],
            user_id=self.manager.id,
            notice_days=0,
            **values,
        )
        return contract, self.give_notice(contract, last_day)

    def give_notice(self, contract, last_day):
        cancellation = (
            self.env["alarm.contract.cancellation"]
            .with_user(self.manager)
            .create(
                {
                    "contract_id": contract.id,
                    "notice_date": date(2030, 5, 1),
                    "effective_date": last_day,
                    "reason_id": reason_of(self.env, "moved").id,
                }
            )
        )
        cancellation.action_confirm()
        return cancellation

    def test_what_is_ours_is_due_back_with_its_collection(self):
        contract, cancellation = self.leave()
        self.assertEqual((self.ours.return_due, self.recorder.return_due), (DUE, DUE))
        self.assertFalse(self.theirs.return_due)
        self.assertEqual(self.ours.return_user_id, self.manager)
        self.assertEqual(cancellation.due_back_ids, self.ours | self.recorder)
        self.assertIn(self.ours, contract.equipment_ids)

    def test_who_stays_keeps_it(self):
        _contract, cancellation = self.leave()
        cancellation._undo("Stays.")
        self.assertFalse(self.ours.return_due or self.recorder.return_due)
        self.assertFalse(cancellation.due_back_ids)

    def test_a_day_that_was_agreed_before_stays(self):
        self.ours.return_due = date(2030, 5, 5)
        _contract, cancellation = self.leave()
        self.assertEqual(self.ours.return_due, date(2030, 5, 5))
        cancellation._undo("Stays.")
        self.assertEqual(self.ours.return_due, date(2030, 5, 5))

    def test_what_another_contract_is_served_with_stays(self):
        other = self.run_contract(
            start=date(2030, 1, 1), device_ids=[Command.set(self.recorder.ids)]
        )
        self.leave()
        self.assertFalse(self.ours.return_due or self.recorder.return_due)
        self.assertTrue(other)

    def test_of_two_contracts_that_end_the_later_one_says_when(self):
        other = self.run_contract(start=date(2030, 1, 1), notice_days=0)
        _later, stays = self.leave(date(2030, 12, 20))
        self.assertFalse(self.ours.return_due)
        self.give_notice(other, LAST_DAY)
        self.assertEqual(self.ours.return_due, date(2030, 12, 27))
        # Whichever of the two asked: it is served with it again.
        stays._undo("Stays.")
        self.assertFalse(self.ours.return_due)

    def test_a_site_that_left_before_is_still_asked_for(self):
        contract, cancellation = self.leave()
        elsewhere = self.other_site()
        left = self.ours.copy({"subscriber_id": elsewhere.id, "return_due": date(2030, 4, 1)})
        left.return_contract_id = contract
        cancellation._undo("Stays.")
        self.assertEqual(left.return_due, date(2030, 4, 1))

    def test_what_the_customer_gets_at_the_end_is_not_due_back(self):
        terms = {"term_months": 6, "end_action": "transfer_to_customer"}
        self.leave(date(2030, 6, 30), **terms)
        self.assertFalse(self.ours.return_due)

    def test_who_leaves_before_the_term_does_not_get_it(self):
        self.leave(term_months=6, end_action="transfer_to_customer")
        self.assertEqual(self.ours.return_due, DUE)

    def test_the_responsible_of_the_contract_is_told_once(self):
        contract, cancellation = self.leave()
        self.manager.lang = "en_US"
        for day in (28, 29):
            with freeze_time(date(2030, 6, day)):
                self.env["alarm.device"]._cron_ask_for_returns()
        told = contract.activity_ids.filtered(lambda one: "overdue" in (one.summary or ""))
        self.assertEqual((len(told), told.user_id), (1, self.manager))
        self.ours.ownership = False
        cancellation.invalidate_recordset(["due_back_ids"])
        self.assertEqual(cancellation.due_back_ids, self.recorder)

    def test_a_site_that_leaves_gives_it_back(self):
        other = self.other_site()
        contract = self.run_contract(
            start=date(2030, 1, 1),
            subscriber_ids=[Command.set((self.subscriber | other).ids)],
        )
        contract._ask_equipment_back(self.subscriber, LAST_DAY)
        self.assertEqual(self.ours.return_contract_id, contract)
        self.assertFalse(self.recorder.return_due)
