from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .test_changes import ChangeCase


@tagged("post_install", "-at_install")
class TestTakeOverOfWhatIsSuspended(ChangeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls.env["res.partner"].create({"name": "New Owner", "lang": "en_US"})
        cls.heir = cls.env["alarm.subscriber"].create(
            {
                "name": "His Shop",
                "partner_id": cls.owner.id,
                "predecessor_id": cls.subscriber.id,
            }
        )

    def take_over(self, contract, day, owner=None):
        with freeze_time(day):
            change = contract.with_user(self.clerk)._action_change(
                "take_over", day, to_partner_id=(owner or self.owner).id
            )
        self.assertEqual(change.state, "done")
        return change

    def suspend(self, contract, day, **values):
        with freeze_time(day):
            contract.with_user(self.clerk)._action_change(
                "suspend", day, reason_id=self.reason.id, **values
            )

    def test_it_stays_suspended_and_resumes_on_its_day(self):
        contract = self.run_contract(self.fee(310.0, subscriber_id=self.subscriber.id))
        self.suspend(contract, date(2026, 2, 1), resume_on=date(2026, 4, 1), extend_term=True)
        change = self.take_over(contract, date(2026, 3, 1))
        self.assertIn("stays suspended", change.outcome)
        new = change.new_contract_id.with_env(self.env)
        self.assertEqual((contract.alarm_state, new.alarm_state), ("ended", "suspended"))
        self.assertFalse(new._charge(date(2026, 3, 1)))
        self.assertEqual(new._get_monthly_in_force(date(2026, 3, 15)), 310)
        Change = self.env["alarm.contract.change"]
        with freeze_time("2026-04-01"):
            Change._run_due(date(2026, 4, 1))
            Change._run_due(date(2026, 4, 1))
        self.assertEqual(new.alarm_state, "running")
        line = new.contract_line_ids
        self.assertEqual(
            (line.date_start, line.price_unit, line.subscriber_id, line.start_cause),
            (date(2026, 4, 1), 310, self.heir, "reactivation"),
        )
        self.assertEqual(new.term_end, date(2027, 2, 28))
        self.assertEqual(new._charge(date(2026, 4, 1)).partner_id, self.owner)
        self.assertFalse(new._get_suspended_lines())
        self.assertFalse(contract.charge_ids)

    def test_without_a_day_somebody_reactivates_it(self):
        contract = self.run_contract(self.fee(310.0))
        self.suspend(contract, date(2026, 2, 1))
        new = self.take_over(contract, date(2026, 3, 1)).new_contract_id.with_env(self.env)
        third = self.env["res.partner"].create({"name": "Third Owner"})
        self.other_site(third, predecessor_id=self.heir.id)
        last = self.take_over(new, date(2026, 3, 10), third).new_contract_id.with_env(self.env)
        self.assertEqual(last.alarm_state, "suspended")
        last._action_change("reactivate", date(2026, 5, 1))
        self.assertEqual(last.alarm_state, "running")
        self.assertEqual(
            [(line.date_start, line.price_unit) for line in last.contract_line_ids],
            [(date(2026, 5, 1), 310)],
        )

    def test_one_site_that_is_suspended_waits_with_the_new_customer(self):
        other = self.other_site()
        contract = self.run_contract(
            self.fee(100.0, subscriber_id=self.subscriber.id),
            self.fee(50.0, subscriber_id=other.id),
            subscriber_ids=[Command.set((self.subscriber | other).ids)],
        )
        heir = self.other_site(self.owner, predecessor_id=other.id)
        self.suspend(contract, date(2026, 2, 1), subscriber_id=other.id, resume_on=date(2026, 4, 1))
        new = self.take_over(contract, date(2026, 3, 1)).new_contract_id.with_env(self.env)
        self.assertEqual(new.alarm_state, "running")
        with freeze_time("2026-04-01"):
            self.env["alarm.contract.change"]._run_due(date(2026, 4, 1))
        lines = new.contract_line_ids.sorted("date_start")
        self.assertEqual(
            [(line.date_start, line.subscriber_id, line.price_unit) for line in lines],
            [(date(2026, 3, 1), self.heir, 100), (date(2026, 4, 1), heir, 50)],
        )


@tagged("post_install", "-at_install")
class TestSuspendedSite(ChangeCase):
    """One site of several is suspended, and then moves or leaves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["alarm.subscriber"].create(
            {"name": "Other Shop", "partner_id": cls.customer.id}
        )
        cls.both = cls.run_contract(
            cls.fee(100.0, subscriber_id=cls.subscriber.id),
            cls.fee(50.0, subscriber_id=cls.other.id),
            cls.fee(20.0),
            subscriber_ids=[Command.set((cls.subscriber | cls.other).ids)],
        )
        cls.suspended = cls.both.contract_line_ids[1]

    def change(self, kind, day, **values):
        with freeze_time(day):
            return self.both.with_user(self.clerk)._action_change(
                kind, day, reason_id=self.reason.id, **values
            )

    def fees(self, day):
        lines = self.both.contract_line_ids._open_from(day)
        return sorted((line.price_unit, line.subscriber_id.name or "") for line in lines)

    def test_what_is_suspended_goes_on_at_the_new_premises(self):
        self.change(
            "suspend", date(2026, 2, 1), subscriber_id=self.other.id, resume_on=date(2026, 4, 1)
        )
        third = self.other_site(name="Third Shop")
        move = self.change(
            "move",
            date(2026, 3, 1),
            subscriber_id=self.other.id,
            to_subscriber_id=third.id,
            removal=False,
        )
        self.assertIn("What is suspended goes on at", move.outcome)
        self.assertEqual(self.suspended.subscriber_id, self.other)
        with freeze_time("2026-04-01"):
            self.env["alarm.contract.change"]._run_due(date(2026, 4, 1))
        self.assertIn((50.0, "Third Shop"), self.fees(date(2026, 4, 1)))

    def test_a_resumption_that_is_planned_moves_with_the_site(self):
        self.change("suspend", date(2026, 2, 1), subscriber_id=self.other.id)
        third = self.other_site(name="Third Shop")
        with freeze_time("2026-02-15"):
            planned = self.both._action_change(
                "reactivate", date(2026, 4, 1), subscriber_id=self.other.id
            )
        self.change(
            "move",
            date(2026, 3, 1),
            subscriber_id=self.other.id,
            to_subscriber_id=third.id,
            removal=False,
        )
        self.assertEqual((planned.state, planned.subscriber_id), ("planned", third))
        with freeze_time("2026-04-01"):
            self.env["alarm.contract.change"]._run_due(date(2026, 4, 1))
        self.assertEqual(planned.state, "done", planned.problem)
        self.assertIn((50.0, "Third Shop"), self.fees(date(2026, 4, 1)))

    def test_what_is_suspended_at_a_site_that_leaves_never_resumes(self):
        self.change("suspend", date(2026, 2, 1), subscriber_id=self.other.id)
        drop = self.change("drop", date(2026, 3, 1), subscriber_id=self.other.id, removal=False)
        self.assertIn("not resumed", drop.outcome)
        self.assertEqual(
            (self.suspended.end_cause, self.suspended.end_reason_id), ("drop", self.reason)
        )
        self.assertFalse(self.both._get_suspended_lines())
        self.change("suspend", date(2026, 4, 1))
        back = self.change("reactivate", date(2026, 5, 1))
        self.assertEqual(back.state, "done")
        self.assertEqual(self.fees(date(2026, 5, 1)), [(20.0, ""), (100.0, self.subscriber.name)])

    def test_a_fee_of_a_site_that_is_gone_holds_up_no_other(self):
        self.change("suspend", date(2026, 2, 1))
        # As it was left by those who dropped the site in former times.
        self.both._write_by_verb({"subscriber_ids": [Command.unlink(self.other.id)]})
        back = self.change("reactivate", date(2026, 3, 1))
        self.assertIn("is no site of the contract any more", back.outcome)
        self.assertEqual(self.fees(date(2026, 3, 1)), [(20.0, ""), (100.0, self.subscriber.name)])

    def test_who_resumes_one_site_is_told_what_stays_suspended(self):
        self.change("suspend", date(2026, 2, 1))
        back = self.change("reactivate", date(2026, 3, 1), subscriber_id=self.other.id)
        self.assertIn("Still suspended", back.outcome)
