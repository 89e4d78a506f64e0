from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.tests import Form, tagged
from odoo.tools import html2plaintext

from .test_changes import ChangeCase


class PlannedCase(ChangeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.day = cls.today + timedelta(days=30)
        cls.owner = cls.env["res.partner"].create({"name": "New Owner", "lang": "en_US"})
        cls.heir = cls.env["alarm.subscriber"].create(
            {"name": "His Shop", "partner_id": cls.owner.id, "predecessor_id": cls.subscriber.id}
        )

    def run_due(self, day=None):
        self.env["alarm.contract.change"]._run_due(day or self.day)

    def plan(self, contract, kind, **values):
        change = contract._action_change(kind, self.day, reason_id=self.reason.id, **values)
        self.assertEqual(change.state, "planned")
        return change

    def said(self, contract):
        return html2plaintext("".join(contract.message_ids.mapped("body")))


@tagged("post_install", "-at_install")
class TestFeesOfTheDay(PlannedCase):
    """What was planned is done on the fees that there are on its day."""

    def test_a_fee_that_was_added_since_is_not_left_behind_by_a_take_over(self):
        contract = self.run_contract(self.fee(100.0), term_months=36)
        change = self.plan(contract, "take_over", to_partner_id=self.owner.id)
        contract.contract_line_ids = [
            self.fee(40.0, product=self.maintenance, begins="date", date_start=self.today)
        ]
        self.run_due()
        self.assertEqual((change.state, contract.alarm_state), ("planned", "running"))
        self.assertIn("New: Test Maintenance", change.problem)
        self.assertTrue(change.has_problem)
        change.action_withdraw()
        again = self.plan(contract, "take_over", to_partner_id=self.owner.id)
        self.run_due()
        self.assertEqual(contract.alarm_state, "ended")
        self.assertFalse(contract.contract_line_ids._open_from(self.day))
        lines = again.new_contract_id.contract_line_ids._open_from(self.day)
        self.assertEqual(sorted(lines.mapped("price_unit")), [40.0, 100.0])

    def test_a_new_signature_waits_where_fees_were_added_or_have_ended(self):
        contract = self.run_contract(
            self.fee(100.0), self.fee(40.0, product=self.maintenance), term_months=36
        )
        change = self.plan(contract, "re_sign", term_months=24)
        row = Command.create({"contract_line_id": contract.contract_line_ids[1].id, "keep": False})
        contract._action_change("drop", self.today, reason_id=self.reason.id, line_ids=[row])
        self.run_due()
        self.assertEqual(change.state, "planned")
        self.assertIn("Ended or suspended: Test Maintenance", change.problem)

    def test_a_fee_that_goes_on_as_another_line_is_dropped(self):
        contract = self.run_contract(
            self.fee(100.0), self.fee(40.0, product=self.maintenance), term_months=36
        )
        dropped = contract.contract_line_ids[1]
        rows = [Command.create({"contract_line_id": dropped.id, "keep": False})]
        change = self.plan(contract, "drop", line_ids=rows)
        contract._action_change("re_sign", self.today, term_months=24)
        self.run_due()
        self.assertEqual(change.state, "done", change.problem)
        after = dropped.successor_contract_line_id
        self.assertEqual((after.date_end, after.end_cause), (self.day - timedelta(days=1), "drop"))
        self.assertEqual(contract.contract_line_ids._open_from(self.day).price_unit, 100.0)

    def test_an_agreed_price_is_that_of_the_line_as_which_the_fee_goes_on(self):
        contract = self.run_contract(
            self.fee(100.0, subscriber_id=self.subscriber.id), term_months=36
        )
        rows = [
            Command.create({"contract_line_id": contract.contract_line_ids.id, "price_unit": 80.0})
        ]
        change = self.plan(contract, "re_sign", line_ids=rows, term_months=24)
        other = self.other_site()
        contract._action_change(
            "move",
            self.today,
            subscriber_id=self.subscriber.id,
            to_subscriber_id=other.id,
            removal=False,
        )
        self.run_due()
        self.assertEqual(change.state, "done", change.problem)
        line = contract.contract_line_ids._open_from(self.day)
        self.assertEqual((line.price_unit, line.subscriber_id), (80.0, other))

    def test_who_agreed_on_no_other_price_goes_on_at_that_of_the_day(self):
        contract = self.run_contract(self.fee(100.0), term_months=36)
        change = self.plan(contract, "take_over", to_partner_id=self.owner.id)
        self.env["alarm.price.step"]._make(
            [
                {
                    "contract_line_id": contract.contract_line_ids.id,
                    "date_from": self.today,
                    "old_price": 100.0,
                    "new_price": 105.0,
                }
            ]
        )._apply()
        self.run_due()
        self.assertEqual(change.state, "done", change.problem)
        self.assertEqual(change.new_contract_id.contract_line_ids.price_unit, 105.0)

    def test_what_is_suspended_since_waits_and_does_not_hold_up_a_take_over(self):
        other = self.other_site()
        self.other_site(self.owner, predecessor_id=other.id)
        contract = self.run_contract(
            self.fee(100.0, subscriber_id=self.subscriber.id),
            self.fee(50.0, subscriber_id=other.id),
            subscriber_ids=[Command.set((self.subscriber | other).ids)],
            term_months=36,
        )
        change = self.plan(contract, "take_over", to_partner_id=self.owner.id)
        contract._action_change(
            "suspend", self.today, reason_id=self.reason.id, subscriber_id=other.id
        )
        self.run_due()
        self.assertEqual(change.state, "done", change.problem)
        self.assertEqual(change.new_contract_id._get_suspended_lines().price_unit, 50.0)

    def test_a_site_that_has_left_is_not_dropped_again(self):
        other = self.other_site()
        contract = self.run_contract(
            self.fee(100.0, subscriber_id=self.subscriber.id),
            self.fee(50.0, subscriber_id=other.id),
            subscriber_ids=[Command.set((self.subscriber | other).ids)],
            term_months=36,
        )
        drop = self.plan(contract, "drop", subscriber_id=other.id)
        third = self.other_site()
        move = contract._action_change(
            "move",
            self.today,
            subscriber_id=other.id,
            to_subscriber_id=third.id,
            removal=False,
        )
        # Nobody agreed to drop the new premises.
        self.assertEqual(drop.state, "withdrawn")
        self.assertIn("Planned and withdrawn by this: Service Dropped", move.outcome)
        self.run_due()
        self.assertEqual(contract.subscriber_ids, self.subscriber | third)

    def test_from_another_day_a_change_lists_the_fees_of_that_day_and_keeps_what_was_said(self):
        contract = self.run_contract(
            self.fee(100.0),
            self.fee(40.0, product=self.maintenance, date_end=self.today + timedelta(days=9)),
            term_months=36,
        )
        action = contract.action_re_sign()
        change = self.env["alarm.contract.change"].with_context(**action["context"])
        form = Form(change, action["views"][0][0])
        self.assertEqual(len(form.line_ids), 2)
        with form.line_ids.edit(0) as row:
            row.price_unit = 90.0
        form.date = self.day
        self.assertEqual(len(form.line_ids), 1)
        self.assertFalse(form.has_problem)
        saved = form.save()
        self.assertEqual(saved.line_ids.price_unit, 90.0)
        self.assertEqual(saved.line_ids.old_price, 100.0)


@tagged("post_install", "-at_install")
class TestPlannedBeforeTheEnd(PlannedCase):
    """Notice is given, or the contract ends, before what was planned."""

    def notice(self, contract, notice, last):
        with freeze_time(notice):
            cancellation = self.env["alarm.contract.cancellation"].create(
                {
                    "contract_id": contract.id,
                    "notice_date": notice,
                    "effective_date": last,
                    "reason_id": self.reason.id,
                }
            )
            cancellation.action_confirm()
        return cancellation

    def suspended_under_notice(self):
        contract = self.run_contract(self.fee(300.0), term_months=36)
        with freeze_time("2026-02-01"):
            contract._action_change(
                "suspend",
                date(2026, 2, 1),
                reason_id=self.reason.id,
                resume_on=date(2026, 4, 1),
            )
        return contract, self.notice(contract, date(2026, 2, 15), date(2026, 6, 20))

    def test_what_was_suspended_resumes_on_its_day_until_the_last_one(self):
        contract, cancellation = self.suspended_under_notice()
        with freeze_time("2026-04-01"):
            self.run_due(date(2026, 4, 1))
        self.assertEqual(contract.alarm_state, "notice")
        line = contract.contract_line_ids._open_from(date(2026, 4, 1))
        self.assertEqual(
            (line.date_start, line.date_end, line.end_cause, line.end_reason_id),
            (date(2026, 4, 1), date(2026, 6, 20), "cancel", self.reason),
        )
        back = contract.change_ids.filtered(lambda change: change.kind == "reactivate")
        self.assertIn("The notice stands", back.outcome)
        # January, and from April to the twentieth of June.
        self.assertEqual(sum(contract._charge(date(2026, 7, 1)).mapped("amount_untaxed")), 1100.0)
        self.env["alarm.contract.cancellation"]._run_due(date(2026, 6, 21))
        self.assertEqual((cancellation.state, contract.alarm_state), ("done", "ended"))

    def test_a_clerk_resumes_it_by_hand_and_when_the_customer_stays_it_runs_on(self):
        contract, cancellation = self.suspended_under_notice()
        with freeze_time("2026-03-01"):
            action = contract.action_change()
            self.assertEqual(action["context"]["default_kind"], "reactivate")
            contract.with_user(self.clerk)._action_change("reactivate", date(2026, 3, 1))
            cancellation._undo("He stays.")
        self.assertEqual(contract.alarm_state, "running")
        line = contract.contract_line_ids._open_from(date(2026, 3, 1))
        self.assertEqual(
            (line.date_start, line.date_end, line.end_cause), (date(2026, 3, 1), False, False)
        )

    def test_notice_withdraws_what_cannot_be_done_any_more(self):
        contract = self.run_contract(self.fee(300.0), self.fee(30.0), term_months=36)
        suspension = self.plan(contract, "suspend")
        rows = [
            Command.create({"contract_line_id": contract.contract_line_ids[1].id, "keep": False})
        ]
        drop = self.plan(contract, "drop", line_ids=rows)
        self.notice(contract, self.today, self.today + timedelta(days=60))
        self.assertEqual((suspension.state, drop.state), ("withdrawn", "withdrawn"))
        self.assertIn("Withdrawn: Suspension", self.said(contract))
        self.assertIn("Notice was given.", self.said(contract))

    def test_the_end_withdraws_what_is_planned(self):
        contract = self.run_contract(term_months=36)
        change = self.plan(contract, "suspend")
        contract._transition("end")
        self.assertEqual(change.state, "withdrawn")
        self.assertIn("The contract has ended.", self.said(contract))


@tagged("post_install", "-at_install")
class TestPlannedBeforeATakeOver(PlannedCase):
    def test_what_the_old_customer_planned_does_not_happen(self):
        contract = self.run_contract(term_months=36)
        planned = self.plan(contract, "suspend")
        take_over = contract._action_change("take_over", self.today, to_partner_id=self.owner.id)
        self.assertEqual((take_over.state, planned.state), ("done", "withdrawn"))
        self.assertIn("Planned and withdrawn by this: Suspension", take_over.outcome)
        self.assertIn("Withdrawn: Suspension", self.said(contract))
        self.assertFalse(take_over.new_contract_id.change_ids)

    def test_what_is_to_resume_resumes_for_the_new_customer(self):
        contract = self.run_contract(
            self.fee(100.0, subscriber_id=self.subscriber.id), term_months=36
        )
        contract._action_change("suspend", self.today, reason_id=self.reason.id)
        planned = self.plan(contract, "reactivate", subscriber_id=self.subscriber.id)
        day = self.today + timedelta(days=1)
        take_over = contract._action_change("take_over", day, to_partner_id=self.owner.id)
        self.assertIn("Stays planned: Reactivation", take_over.preview)
        self.run_due(day)
        new = take_over.new_contract_id
        self.assertEqual((planned.state, new.alarm_state), ("withdrawn", "suspended"))
        again = new.change_ids
        self.assertEqual(
            (again.kind, again.state, again.date, again.subscriber_id),
            ("reactivate", "planned", self.day, self.heir),
        )
        self.run_due()
        self.assertEqual((again.state, new.alarm_state), ("done", "running"))
