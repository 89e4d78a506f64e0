from datetime import date, timedelta

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import format_date, html2plaintext

from .common import ContractCase, make_service


def reason_of(env, kind, **values):
    return env["contract.terminate.reason"].create(
        {"name": f"Test {kind}", "kind": kind, "terminate_comment_required": False, **values}
    )


class ChangeCase(ContractCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason = reason_of(cls.env, "other")
        cls.today = fields.Date.context_today(cls.env.user)

    def lines(self, contract):
        """What runs when, at which price, and why: by start."""
        return [
            (
                line.date_start,
                line.date_end,
                line.price_unit,
                line.start_cause,
                line.end_cause,
            )
            for line in contract.contract_line_ids.sorted(lambda line: (line.date_start, line.id))
            if not line.is_canceled
        ]

    def other_site(self, customer=None, **values):
        return self.env["alarm.subscriber"].create(
            {"name": "Other Shop", "partner_id": (customer or self.customer).id, **values}
        )


@tagged("post_install", "-at_install")
class TestChoice(ChangeCase):
    def test_the_form_offers_what_the_state_of_the_contract_allows(self):
        contract = self.run_contract(self.fee())
        action = contract.action_change()
        change = self.env["alarm.contract.change"].with_context(**action["context"])
        form = Form(change, action["views"][0][0])
        self.assertEqual(
            set(form.possible_kinds),
            {"suspend", "reactivate", "move", "take_over", "re_sign", "drop"},
        )
        form.kind = "move"
        self.assertEqual(form.subscriber_id, contract.subscriber_ids)
        form.kind = "drop"
        self.assertFalse(form.subscriber_id)
        self.assertEqual(len(form.line_ids), 1)
        contract._action_change("suspend", self.today, reason_id=self.reason.id)
        self.assertEqual(contract.action_change()["context"]["default_kind"], "reactivate")

    def test_a_draft_is_not_changed(self):
        with self.assertRaisesRegex(UserError, "not running"):
            self.make_contract(self.fee()).action_change()


@tagged("post_install", "-at_install")
class TestSuspension(ChangeCase):
    def test_what_was_paid_in_advance_is_given_back_by_days(self):
        contract = self.run_contract(self.fee(310.0))
        contract._charge(date(2026, 1, 1))
        contract._action_change("suspend", date(2026, 1, 11), reason_id=self.reason.id)
        self.assertEqual(contract.alarm_state, "suspended")
        self.assertEqual(
            self.lines(contract),
            [(date(2026, 1, 1), date(2026, 1, 10), 310.0, "new", "suspension")],
        )
        moves = contract._charge(date(2026, 3, 1))
        self.assertEqual(moves.move_type, "out_refund")
        self.assertEqual(moves.amount_total, 210.0)

    def test_each_rule_for_parts_of_a_period_gives_back_its_own_part(self):
        for rule, given_back in (("whole", 0), ("half_month", 155), ("free", 310), ("days", 210)):
            contract = self.run_contract(self.fee(310.0, part_period=rule))
            contract._charge(date(2026, 1, 1))
            contract._action_change("suspend", date(2026, 1, 11), reason_id=self.reason.id)
            self.assertEqual(
                -sum(contract.charge_ids.filtered("credits_charge_id").mapped("amount")),
                given_back,
                rule,
            )

    def test_a_discount_counts_in_what_is_given_back(self):
        contract = self.run_contract(self.fee(310.0, discount=50))
        contract._charge(date(2026, 1, 1))
        contract._action_change("suspend", date(2026, 1, 11), reason_id=self.reason.id)
        self.assertEqual(contract.charge_ids.filtered("credits_charge_id").amount, -105.0)

    def test_the_service_resumes_at_the_same_price_and_in_the_same_periods(self):
        contract = self.run_contract(self.fee(310.0))
        contract._charge(date(2026, 1, 1))
        contract._action_change("suspend", date(2026, 1, 11), reason_id=self.reason.id)
        contract._action_change("reactivate", date(2026, 1, 22))
        self.assertEqual(contract.alarm_state, "running")
        self.assertEqual(
            self.lines(contract),
            [
                (date(2026, 1, 1), date(2026, 1, 10), 310.0, "new", "suspension"),
                (date(2026, 1, 22), False, 310.0, "reactivation", False),
            ],
        )
        moves = contract._charge(date(2026, 2, 1))
        # Ten days of January are left, and February begins on its first.
        self.assertEqual(
            sorted(moves.invoice_line_ids.mapped("price_subtotal")), [-210.0, 100.0, 310.0]
        )

    def test_what_is_given_back_once_is_not_given_back_again(self):
        contract = self.run_contract(self.fee(310.0))
        contract._charge(date(2026, 1, 1))
        contract._action_change("suspend", date(2026, 1, 11), reason_id=self.reason.id)
        contract._action_change("reactivate", date(2026, 1, 22))
        contract._charge(date(2026, 1, 22))
        contract._action_change("suspend", date(2026, 1, 27), reason_id=self.reason.id)
        credits = contract.charge_ids.filtered("credits_charge_id")
        self.assertEqual(sorted(credits.mapped("amount")), [-210.0, -50.0])

    def test_a_line_gets_its_end_back_and_the_term_its_days(self):
        contract = self.run_contract(self.fee(310.0, date_end=date(2026, 12, 31)))
        contract._action_change("suspend", date(2026, 2, 1), reason_id=self.reason.id)
        contract._action_change("reactivate", date(2026, 3, 1), extend_term=True)
        self.assertEqual(contract.term_end, date(2027, 1, 28))
        self.assertEqual(self.lines(contract)[1][:2], (date(2026, 3, 1), date(2027, 1, 28)))

    def test_a_renewed_term_gets_its_days_too(self):
        contract = self.run_contract(self.fee(310.0))
        contract._write_by_verb({"renewed_until": date(2027, 12, 31)})
        contract._action_change("suspend", date(2026, 2, 1), reason_id=self.reason.id)
        change = contract._action_change("reactivate", date(2026, 3, 1), extend_term=True)
        self.assertEqual((contract.term_end, contract.renewed_until), (date(2028, 1, 28), False))
        self.assertIn(format_date(self.env, contract.term_end), change.outcome)

    def test_one_site_is_suspended_and_the_others_go_on(self):
        other = self.other_site()
        contract = self.run_contract(
            self.fee(subscriber_id=self.subscriber.id),
            self.fee(subscriber_id=other.id),
            subscriber_ids=[Command.set((self.subscriber | other).ids)],
        )
        contract._action_change(
            "suspend", date(2026, 2, 1), reason_id=self.reason.id, subscriber_id=other.id
        )
        self.assertEqual(contract.alarm_state, "running")
        ended = contract.contract_line_ids.filtered("date_end")
        self.assertEqual(ended.subscriber_id, other)
        contract._action_change("reactivate", date(2026, 3, 1))
        self.assertEqual(len(contract.contract_line_ids._open_from(date(2026, 3, 1))), 2)

    def test_what_begins_on_the_day_is_not_suspended_for_good(self):
        contract = self.run_contract(self.fee(300.0))
        with self.assertRaisesRegex(UserError, "suspend from a later day"):
            contract._action_change("suspend", date(2026, 1, 1), reason_id=self.reason.id)
        self.assertEqual(contract.alarm_state, "running")
        contract._action_change("suspend", date(2026, 1, 2), reason_id=self.reason.id)
        contract._action_change("reactivate", date(2026, 1, 5))
        self.assertEqual(contract.alarm_state, "running")

    def test_who_is_reactivated_leaves_no_task_to_suspend_the_monitoring(self):
        contract = self.run_contract()
        self.env["alarm.subscriber"].flush_model()
        self.env.cr.execute(
            "UPDATE alarm_subscriber SET state = 'active' WHERE id = %s", [self.subscriber.id]
        )
        self.subscriber.invalidate_recordset(["state"])
        contract._action_change("suspend", date(2026, 1, 5), reason_id=self.reason.id)
        self.assertEqual(len(contract.activity_ids), 1)
        contract._action_change("reactivate", date(2026, 1, 20))
        self.assertFalse(contract.activity_ids)

    def test_what_is_planned_happens_on_its_day_and_resumes_on_another(self):
        contract = self.run_contract(self.fee(300.0), term_months=36)
        contract._charge(self.today)
        begin = self.today + timedelta(days=40)
        resume = begin + timedelta(days=50)
        change = contract._action_change(
            "suspend", begin, reason_id=self.reason.id, resume_on=resume
        )
        self.assertEqual(change.state, "planned")
        self.assertEqual(contract.alarm_state, "running")
        Change = self.env["alarm.contract.change"]
        Change._run_due(begin - timedelta(days=1))
        self.assertEqual(change.state, "planned")
        Change._run_due(begin)
        self.assertEqual(change.state, "done")
        self.assertEqual(contract.alarm_state, "suspended")
        # The day comes when the job does: a reactivation of tomorrow is planned for tomorrow.
        Change._run_due(resume)
        self.assertEqual(contract.change_ids.sorted("id")[-1].kind, "reactivate")

    def test_what_was_reactivated_and_suspended_by_hand_does_not_resume_by_itself(self):
        contract = self.run_contract()
        values = {"reason_id": self.reason.id}
        contract._action_change("suspend", date(2026, 1, 5), resume_on=date(2026, 3, 1), **values)
        contract._action_change("reactivate", date(2026, 1, 20))
        contract._action_change("suspend", date(2026, 2, 1), **values)
        self.env["alarm.contract.change"]._run_due(date(2026, 3, 1))
        self.assertEqual(contract.alarm_state, "suspended")
        self.assertEqual(len(contract.change_ids), 3)

    def test_only_the_site_whose_suspension_is_over_resumes_and_once(self):
        other = self.other_site()
        contract = self.run_contract(
            self.fee(subscriber_id=self.subscriber.id),
            self.fee(subscriber_id=other.id),
            self.fee(),
            subscriber_ids=[Command.set((self.subscriber | other).ids)],
        )
        values = {"reason_id": self.reason.id}
        contract._action_change(
            "suspend", date(2026, 1, 5), resume_on=date(2026, 3, 1),
            subscriber_id=self.subscriber.id, **values,
        )  # fmt: skip
        contract._action_change("suspend", date(2026, 2, 1), subscriber_id=other.id, **values)
        for _day in range(2):
            self.env["alarm.contract.change"]._run_due(date(2026, 3, 1))
        running = contract.contract_line_ids._open_from(date(2026, 3, 1))
        self.assertEqual(running.subscriber_id, self.subscriber)
        self.assertEqual(len(contract.change_ids), 3)

    def test_what_cannot_be_done_says_why_and_keeps_nobody_else(self):
        first, second = self.run_contract(), self.run_contract()
        day = self.today + timedelta(days=5)
        changes = [
            contract._action_change("suspend", day, reason_id=self.reason.id)
            for contract in (first, second)
        ]
        first._transition("suspend")
        self.env["alarm.contract.change"]._run_due(day)
        self.assertEqual([change.state for change in changes], ["planned", "done"])
        self.assertIn("Suspended", changes[0].problem)

    def test_a_planned_change_can_be_withdrawn(self):
        contract = self.run_contract()
        change = contract._action_change(
            "suspend", self.today + timedelta(days=5), reason_id=self.reason.id
        )
        change.action_withdraw()
        self.env["alarm.contract.change"]._run_due(self.today + timedelta(days=9))
        self.assertEqual((change.state, contract.alarm_state), ("withdrawn", "running"))

    def test_the_preview_is_what_is_done(self):
        contract = self.run_contract(self.fee(310.0))
        contract._charge(date(2026, 1, 1))
        change = self.env["alarm.contract.change"].new(
            {
                "contract_id": contract.id,
                "kind": "suspend",
                "date": date(2026, 1, 11),
                "reason_id": self.reason.id,
            }
        )
        self.assertFalse(change.has_problem)
        self.assertIn("210.00", change.preview)
        self.assertEqual(contract.alarm_state, "running")
        done = contract._action_change("suspend", date(2026, 1, 11), reason_id=self.reason.id)
        self.assertEqual(html2plaintext(done.outcome), html2plaintext(change.preview))

    def test_a_change_says_what_is_missing_before_it_is_made(self):
        contract = self.make_contract()
        change = self.env["alarm.contract.change"].new(
            {"contract_id": contract.id, "kind": "suspend", "date": date(2026, 1, 11)}
        )
        self.assertTrue(change.has_problem)
        with self.assertRaisesRegex(UserError, "Draft"):
            contract._action_change("suspend", date(2026, 1, 11), reason_id=self.reason.id)
        running = self.run_contract()
        with self.assertRaisesRegex(UserError, "Reason"):
            running._action_change("suspend", date(2026, 1, 11))

    def test_what_was_decided_stays_as_it_is(self):
        contract = self.run_contract()
        change = contract._action_change("suspend", date(2026, 1, 11), reason_id=self.reason.id)
        with self.assertRaises(UserError):
            change.date = date(2026, 1, 12)
        with self.assertRaises(UserError):
            change.state = "draft"
        with self.assertRaises(UserError):
            change.unlink()
        with self.assertRaises(ValidationError):
            contract._action_change(
                "suspend",
                date(2026, 1, 11),
                reason_id=self.reason.id,
                resume_on=date(2026, 1, 10),
            )


@tagged("post_install", "-at_install")
class TestMove(ChangeCase):
    def test_the_fee_of_a_site_goes_with_it_and_what_is_paid_stays_paid(self):
        other = self.other_site()
        contract = self.run_contract(
            self.fee(300.0, subscriber_id=self.subscriber.id), self.fee(50.0)
        )
        contract._charge(date(2026, 1, 1))
        contract._action_change(
            "move",
            date(2026, 1, 16),
            subscriber_id=self.subscriber.id,
            to_subscriber_id=other.id,
            removal=False,
        )
        self.assertEqual(contract.subscriber_ids, other)
        old, new = contract.contract_line_ids.filtered("subscriber_id").sorted("date_start")
        self.assertEqual((old.subscriber_id, new.subscriber_id), (self.subscriber, other))
        self.assertEqual((old.end_cause, new.start_cause), ("transfer", "transfer"))
        self.assertEqual(new.predecessor_contract_line_id, old)
        self.assertFalse(contract.charge_ids.filtered("credits_charge_id"))
        moves = contract._charge(date(2026, 2, 1))
        self.assertEqual(sorted(moves.invoice_line_ids.mapped("price_subtotal")), [50.0, 300.0])

    def test_what_was_paid_for_the_old_line_is_given_back_when_the_new_one_ends(self):
        other = self.other_site()
        contract = self.run_contract(self.fee(310.0, subscriber_id=self.subscriber.id))
        contract._charge(date(2026, 1, 1))
        contract._action_change(
            "move",
            date(2026, 1, 6),
            subscriber_id=self.subscriber.id,
            to_subscriber_id=other.id,
            removal=False,
        )
        contract._action_change("suspend", date(2026, 1, 11), reason_id=self.reason.id)
        self.assertEqual(contract.charge_ids.filtered("credits_charge_id").amount, -210.0)

    def test_the_old_system_is_removed_unless_another_contract_serves_it(self):
        other = self.other_site()
        contract = self.run_contract(self.fee(subscriber_id=self.subscriber.id))
        values = {"subscriber_id": self.subscriber.id, "to_subscriber_id": other.id}
        contract.with_user(self.clerk)._action_change("move", date(2026, 1, 16), **values)
        order = self.env["alarm.work.order"].search([("subscriber_id", "=", self.subscriber.id)])
        self.assertEqual((order.kind, order.state), ("removal", "draft"))
        self.assertEqual(order.monitoring_ends_on, date(2026, 1, 16))
        self.assertEqual(order.monitoring_ended_by_id, self.clerk)
        order.unlink()
        self.run_contract()
        contract.subscriber_ids = [Command.link(self.subscriber.id)]
        self.assertFalse(contract._make_removal_orders(self.subscriber, date(2026, 1, 16)))

    def test_another_customer_is_no_move(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        contract = self.run_contract(self.fee(subscriber_id=self.subscriber.id))
        with self.assertRaisesRegex(UserError, "take-over"):
            contract._action_change(
                "move",
                date(2026, 1, 16),
                subscriber_id=self.subscriber.id,
                to_subscriber_id=self.other_site(stranger).id,
            )


@tagged("post_install", "-at_install")
class TestTakeOver(ChangeCase):
    def test_the_new_owner_has_a_contract_of_his_own_and_is_bound_as_the_old_one(self):
        owner = self.env["res.partner"].create({"name": "New Owner"})
        heir = self.other_site(owner, predecessor_id=self.subscriber.id)
        contract = self.run_contract(
            self.fee(310.0, subscriber_id=self.subscriber.id), deposit_amount=500.0
        )
        contract._charge(date(2026, 1, 1))
        change = contract._action_change("take_over", date(2026, 1, 11), to_partner_id=owner.id)
        new = change.new_contract_id
        self.assertEqual(contract.alarm_state, "ended")
        self.assertEqual(contract.successor_contract_id, new)
        self.assertEqual(new.predecessor_contract_id, contract)
        self.assertEqual((new.alarm_state, new.partner_id), ("running", owner))
        self.assertEqual(new.invoice_partner_id, owner)
        self.assertEqual(new.subscriber_ids, heir)
        self.assertEqual(new.term_end, contract.term_end)
        self.assertNotEqual(new.code, contract.code)
        old_line = contract.contract_line_ids.filtered(lambda line: line.charge_kind == "fixed")
        new_line = new.contract_line_ids.filtered(lambda line: line.charge_kind == "fixed")
        self.assertEqual(old_line.end_cause, "transfer")
        self.assertEqual(new_line.start_cause, "transfer")
        self.assertEqual(new_line.subscriber_id, heir)
        # The old owner gets back what he has paid and his deposit; the new one pays his days.
        self.assertEqual(contract._charge(date(2026, 1, 11)).amount_total, 710.0)
        self.assertEqual(new._charge(date(2026, 1, 11)).amount_total, 710.0)
        self.assertEqual(new._charge(date(2026, 2, 1)).amount_total, 310.0)
        self.assertFalse(contract._charge(date(2026, 12, 1)))

    def test_a_planned_reactivation_goes_on_with_the_new_customer(self):
        owner = self.env["res.partner"].create({"name": "New Owner"})
        heir = self.other_site(owner, predecessor_id=self.subscriber.id)
        contract = self.run_contract(
            self.fee(310.0, subscriber_id=self.subscriber.id),
            renewal_kind="automatic",
            renewal_months=12,
        )
        contract._action_change(
            "suspend",
            self.today - timedelta(days=20),
            reason_id=self.reason.id,
            resume_on=self.today + timedelta(days=60),
        )
        day = self.today + timedelta(days=30)
        contract._action_change("reactivate", day)
        change = contract._action_change("take_over", self.today, to_partner_id=owner.id)
        self.assertIn("Stays planned: Reactivation", html2plaintext(change.outcome))
        new = change.new_contract_id
        self.assertEqual(
            new.change_ids.mapped(lambda one: (one.kind, one.state, one.date)),
            [("reactivate", "planned", day)],
        )
        self.env["alarm.contract.change"]._run_due(day)
        self.assertEqual(new.alarm_state, "running")
        self.assertEqual(new.contract_line_ids._open_from(day).subscriber_id, heir)

    def taxed_and_due(self, name, days):
        """A partner with a fiscal position and payment terms of its own."""
        return self.env["res.partner"].create(
            {
                "name": name,
                "property_account_position_id": self.env["account.fiscal.position"]
                .create({"name": name})
                .id,
                "property_payment_term_id": self.env["account.payment.term"]
                .create({"name": name, "line_ids": [Command.create({"nb_days": days})]})
                .id,
            }
        )

    def check_terms_of(self, payer, contract):
        self.assertEqual(contract.invoice_partner_id, payer)
        self.assertEqual(contract.fiscal_position_id, payer.property_account_position_id)
        self.assertEqual(contract.payment_term_id, payer.property_payment_term_id)

    def contract_of(self, payer):
        return self.run_contract(
            self.fee(310.0, subscriber_id=self.subscriber.id),
            invoice_partner_id=payer.id,
            fiscal_position_id=payer.property_account_position_id.id,
            payment_term_id=payer.property_payment_term_id.id,
        )

    def test_tax_and_payment_terms_are_those_of_who_pays_from_now_on(self):
        contract = self.contract_of(self.taxed_and_due("Old", 60))
        owner, payer = self.taxed_and_due("New", 5), self.taxed_and_due("Payer", 10)
        self.other_site(owner, predecessor_id=self.subscriber.id)
        contract._action_change("re_sign", date(2026, 1, 2), to_payer_id=payer.id)
        self.check_terms_of(payer, contract)
        change = contract._action_change("take_over", date(2026, 1, 11), to_partner_id=owner.id)
        self.check_terms_of(owner, change.new_contract_id)

    def test_who_goes_on_paying_has_what_was_agreed_with_him(self):
        payer, owner = self.taxed_and_due("Payer", 10), self.taxed_and_due("New", 5)
        contract = self.contract_of(payer)
        agreed = self.env["account.payment.term"].create({"name": "As agreed"})
        contract.payment_term_id = agreed
        self.other_site(owner, predecessor_id=self.subscriber.id)
        change = contract._action_change(
            "take_over", date(2026, 1, 11), to_partner_id=owner.id, to_payer_id=payer.id
        )
        new = change.new_contract_id
        self.assertEqual((new.invoice_partner_id, new.payment_term_id), (payer, agreed))

    def test_a_site_without_its_new_subscriber_holds_it_up(self):
        owner = self.env["res.partner"].create({"name": "New Owner"})
        contract = self.run_contract()
        with self.assertRaisesRegex(UserError, "new subscriber"):
            contract._action_change("take_over", date(2026, 1, 11), to_partner_id=owner.id)
        self.assertEqual(contract.alarm_state, "running")


@tagged("post_install", "-at_install")
class TestReSign(ChangeCase):
    def rows(self, contract, **values):
        return [
            Command.create(
                {
                    "contract_line_id": line.id,
                    "price_unit": line.price_unit,
                    "discount": line.discount,
                    **values,
                }
            )
            for line in contract.contract_line_ids
        ]

    def test_the_same_price_goes_on_with_what_is_paid(self):
        contract = self.run_contract(self.fee(300.0))
        contract._charge(date(2026, 1, 1))
        contract._action_change("re_sign", date(2026, 1, 16), term_months=24)
        self.assertEqual(contract.term_end, date(2028, 1, 15))
        self.assertEqual(
            self.lines(contract),
            [
                (date(2026, 1, 1), date(2026, 1, 15), 300.0, "new", "re_sign"),
                (date(2026, 1, 16), False, 300.0, "re_sign", False),
            ],
        )
        self.assertFalse(contract.charge_ids.filtered("credits_charge_id"))
        self.assertEqual(contract._charge(date(2026, 2, 1)).amount_total, 300.0)

    def test_another_price_holds_from_the_day(self):
        contract = self.run_contract(self.fee(310.0))
        contract._charge(date(2026, 1, 1))
        contract._action_change(
            "re_sign", date(2026, 1, 11), line_ids=self.rows(contract, price_unit=248.0)
        )
        moves = contract._charge(date(2026, 2, 1))
        self.assertEqual(
            sorted(moves.invoice_line_ids.mapped("price_subtotal")), [-210.0, 168.0, 248.0]
        )

    def test_a_service_that_is_not_signed_again_ends(self):
        contract = self.run_contract(self.fee(300.0), self.fee(50.0, product=self.maintenance))
        kept, dropped = contract.contract_line_ids
        values = {
            "line_ids": [
                Command.create({"contract_line_id": kept.id, "price_unit": 300.0}),
                Command.create({"contract_line_id": dropped.id, "keep": False}),
            ]
        }
        with self.assertRaisesRegex(UserError, "Reason"), self.env.cr.savepoint():
            contract._action_change("re_sign", date(2026, 2, 1), **values)
        contract._action_change("re_sign", date(2026, 2, 1), reason_id=self.reason.id, **values)
        self.assertEqual(dropped.date_end, date(2026, 1, 31))
        self.assertEqual((dropped.end_cause, dropped.end_reason_id), ("drop", self.reason))
        self.assertFalse(dropped.successor_contract_line_id)
        self.assertTrue(kept.successor_contract_line_id)

    def test_fees_are_there_to_be_looked_at(self):
        contract = self.run_contract(self.fee(300.0))
        change = self.env["alarm.contract.change"].create(
            {"contract_id": contract.id, "kind": "re_sign", "date": self.today}
        )
        self.assertEqual(change.line_ids.contract_line_id, contract.contract_line_ids)
        self.assertEqual(change.line_ids.price_unit, 300.0)

    def test_a_service_is_dropped_and_the_last_one_is_not(self):
        contract = self.run_contract(self.fee(300.0), self.fee(50.0, product=self.maintenance))
        kept, dropped = contract.contract_line_ids
        rows = [Command.create({"contract_line_id": dropped.id, "keep": False})]
        contract._action_change("drop", date(2026, 2, 1), reason_id=self.reason.id, line_ids=rows)
        self.assertEqual((dropped.end_cause, dropped.end_reason_id), ("drop", self.reason))
        rows = [Command.create({"contract_line_id": kept.id, "keep": False})]
        with self.assertRaisesRegex(UserError, "cancellation"):
            contract._action_change(
                "drop", date(2026, 3, 1), reason_id=self.reason.id, line_ids=rows
            )


@tagged("post_install", "-at_install")
class TestChangeOfOneSite(ChangeCase):
    """A contract with several sites: what is changed at one leaves the others alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["alarm.subscriber"].create(
            {"name": "Other Shop", "partner_id": cls.customer.id}
        )
        cls.both = cls.run_contract(
            cls.fee(subscriber_id=cls.subscriber.id),
            cls.fee(50.0, subscriber_id=cls.other.id),
            cls.fee(20.0),
            subscriber_ids=[Command.set((cls.subscriber | cls.other).ids)],
        )

    def open_sites(self, day):
        return self.both.contract_line_ids._open_from(day).mapped("subscriber_id")

    def test_one_site_is_reactivated_and_the_other_stays_suspended(self):
        self.both._action_change("suspend", date(2026, 2, 1), reason_id=self.reason.id)
        self.both._action_change("reactivate", date(2026, 3, 1), subscriber_id=self.other.id)
        running = self.both.contract_line_ids._open_from(date(2026, 3, 1))
        self.assertEqual(running.mapped("subscriber_id"), self.other)
        self.assertEqual(len(running), 1)
        self.assertEqual(self.both.alarm_state, "running")
        with self.assertRaisesRegex(UserError, "Nothing at"):
            self.both._action_change("reactivate", date(2026, 3, 2), subscriber_id=self.other.id)
        self.both._action_change("reactivate", date(2026, 4, 1))
        self.assertEqual(len(self.both.contract_line_ids._open_from(date(2026, 4, 1))), 3)

    def test_a_site_leaves_with_its_fees_and_the_others_stay(self):
        self.both._charge(date(2026, 2, 1))
        self.both._action_change(
            "drop", date(2026, 2, 15), subscriber_id=self.other.id, reason_id=self.reason.id
        )
        self.assertEqual(self.both.subscriber_ids, self.subscriber)
        self.assertEqual(self.both.alarm_state, "running")
        self.assertEqual(self.open_sites(date(2026, 2, 15)), self.subscriber)
        credits = self.both.charge_ids.filtered("credits_charge_id")
        self.assertEqual(credits.mapped("amount"), [-25.0])
        removal = self.env["alarm.work.order"].search([("subscriber_id", "=", self.other.id)])
        self.assertEqual(removal.monitoring_ends_on, date(2026, 2, 15))

    def test_a_cheaper_service_takes_the_place_of_a_fee(self):
        basic = make_service(self, "Basic Monitoring", alarm_revenue_class="monitoring")
        contract = self.run_contract(self.fee(310.0))
        contract._charge(date(2026, 1, 1))
        line = contract.contract_line_ids

        def rows(price, product=basic):
            row = {"contract_line_id": line.id, "instead_id": product.id, "price_unit": price}
            return {"reason_id": self.reason.id, "line_ids": [Command.create(row)]}

        with self.assertRaisesRegex(UserError, "no cheaper service"), self.env.cr.savepoint():
            contract._action_change("drop", date(2026, 1, 11), **rows(310.0))
        with self.assertRaisesRegex(UserError, "no cheaper service"), self.env.cr.savepoint():
            contract._action_change("drop", date(2026, 1, 11), **rows(248.0, self.maintenance))
        change = contract._action_change("drop", date(2026, 1, 11), **rows(248.0))
        self.assertIn("Test Basic Monitoring", change.outcome)
        after = line.successor_contract_line_id
        self.assertEqual((line.end_cause, line.end_reason_id), ("downgrade", self.reason))
        self.assertEqual((after.product_id, after.start_cause), (basic, "downgrade"))
        self.assertEqual(after.name, "Test Basic Monitoring")
        moves = contract._charge(date(2026, 2, 1))
        self.assertEqual(
            sorted(moves.invoice_line_ids.mapped("price_subtotal")), [-210.0, 168.0, 248.0]
        )

    def test_the_form_asks_for_the_reason_and_proposes_the_price_of_the_cheaper_service(self):
        basic = make_service(
            self, "Basic Monitoring", alarm_revenue_class="monitoring", list_price=60.0
        )
        contract = self.run_contract(self.fee(310.0))
        Change = self.env["alarm.contract.change"]
        action = contract.action_drop()
        form = Form(Change.with_context(**action["context"]), action["views"][0][0])
        form.reason_id = self.reason
        with form.line_ids.edit(0) as row:
            row.instead_id = basic
            self.assertEqual(row.price_unit, 60.0)
        self.assertFalse(form.has_problem)
        action = contract.action_re_sign()
        form = Form(Change.with_context(**action["context"]), action["views"][0][0])
        self.assertFalse(form.has_problem)
        with form.line_ids.edit(0) as row:
            row.keep = False
        self.assertTrue(form.has_problem)
        form.reason_id = self.reason
        self.assertFalse(form.has_problem)

    def test_the_last_site_does_not_leave(self):
        contract = self.run_contract(self.fee(), self.fee(30.0))
        with self.assertRaisesRegex(UserError, "No site would be left"):
            contract._action_change(
                "drop", date(2026, 2, 1), subscriber_id=self.subscriber.id, reason_id=self.reason.id
            )

    def test_no_change_is_of_a_stranger_s_site_or_suspension(self):
        stranger = self.other_site()
        for kind in ("suspend", "drop", "reactivate", "move"):
            with self.assertRaises(ValidationError):
                self.both._action_change(
                    kind, date(2026, 2, 1), subscriber_id=stranger.id, reason_id=self.reason.id
                )
        elsewhere = self.run_contract()._action_change(
            "suspend", date(2026, 2, 1), reason_id=self.reason.id
        )
        with self.assertRaises(ValidationError):
            self.both._action_change("reactivate", date(2026, 3, 1), resumes_id=elsewhere.id)


@tagged("post_install", "-at_install")
class TestOrderOfChanges(ChangeCase):
    def test_a_change_before_a_later_one_overlaps(self):
        contract = self.run_contract(self.fee(300.0))
        contract._action_change("re_sign", date(2026, 6, 1))
        with self.assertRaisesRegex(UserError, "Overlaps.*Signed Anew.*Done"):
            contract._action_change("suspend", date(2026, 5, 1), reason_id=self.reason.id)

    def test_the_same_is_not_planned_twice(self):
        contract = self.run_contract()
        day = self.today + timedelta(days=5)
        first = contract._action_change("suspend", day, reason_id=self.reason.id)
        with self.assertRaisesRegex(UserError, "Overlaps.*Suspension.*Planned"):
            contract._action_change("suspend", day + timedelta(days=3), reason_id=self.reason.id)
        first.action_withdraw()
        self.env["alarm.contract.change"]._run_due(day)
        self.assertEqual(contract.alarm_state, "running")
        contract._action_change("suspend", day + timedelta(days=3), reason_id=self.reason.id)

    def test_nothing_changes_before_the_service_began_or_after_it_ends(self):
        contract = self.run_contract(renewal_kind="none")
        with self.assertRaisesRegex(UserError, "began on"):
            contract._action_change("suspend", date(2025, 12, 31), reason_id=self.reason.id)
        after = contract.term_end + timedelta(days=1)
        with self.assertRaisesRegex(UserError, "contract ends on"):
            contract._action_change("suspend", after, reason_id=self.reason.id)
        leaving = self.run_contract()
        self.env["alarm.contract.cancellation"].create(
            {
                "contract_id": leaving.id,
                "notice_date": date(2026, 11, 1),
                "effective_date": self.today + timedelta(days=30),
                "reason_id": self.reason.id,
            }
        )._confirm()
        with self.assertRaisesRegex(UserError, "contract ends on"):
            leaving._action_change("re_sign", self.today + timedelta(days=31))

    def test_a_new_signature_agrees_on_notice_renewal_and_payer(self):
        payer = self.env["res.partner"].create({"name": "Payer"})
        contract = self.run_contract()
        change = contract.with_user(self.clerk)._action_change(
            "re_sign",
            date(2026, 6, 1),
            term_months=24,
            notice_days=45,
            renewal_kind="automatic",
            renewal_months=6,
            to_payer_id=payer.id,
        )
        self.assertEqual(
            (contract.term_months, contract.notice_days, contract.renewal_months), (24, 45, 6)
        )
        self.assertEqual((contract.renewal_kind, contract.invoice_partner_id), ("automatic", payer))
        self.assertIn("Notice (Days): 45 instead of", html2plaintext(change.outcome))


@tagged("post_install", "-at_install")
class TestTakeOverWhileSuspended(ChangeCase):
    def test_the_service_stays_suspended_and_goes_on_for_the_new_owner(self):
        owner = self.env["res.partner"].create({"name": "New Owner"})
        heir = self.other_site(owner, predecessor_id=self.subscriber.id)
        contract = self.run_contract(
            self.fee(310.0, subscriber_id=self.subscriber.id), term_months=36
        )
        contract._charge(date(2026, 1, 1))
        resume = self.today + timedelta(days=60)
        contract._action_change(
            "suspend", date(2026, 1, 11), reason_id=self.reason.id, resume_on=resume
        )
        change = contract.with_user(self.clerk)._action_change(
            "take_over", date(2026, 2, 1), to_partner_id=owner.id
        )
        new = change.new_contract_id
        self.assertIn("stays suspended", html2plaintext(change.outcome))
        self.assertEqual((contract.alarm_state, new.alarm_state), ("ended", "suspended"))
        self.assertFalse(new._charge(date(2026, 3, 1)))
        self.assertEqual(new.change_ids.mapped(lambda c: (c.kind, c.state, c.date)), [
            ("reactivate", "planned", resume)
        ])  # fmt: skip
        self.env["alarm.contract.change"]._run_due(resume)
        self.assertEqual(new.alarm_state, "running")
        line = new.contract_line_ids._open_from(resume)
        self.assertEqual(
            (line.subscriber_id, line.price_unit, line.date_start, line.start_cause),
            (heir, 310.0, resume, "reactivation"),
        )
        self.assertFalse(new._get_suspended_lines())


@tagged("post_install", "-at_install")
class TestPreview(ChangeCase):
    def test_each_change_does_what_its_preview_said(self):
        owner = self.env["res.partner"].create({"name": "New Owner"})
        other = self.other_site()
        self.other_site(owner, predecessor_id=self.subscriber.id)
        for kind, values in {
            "suspend": {},
            "move": {"subscriber_id": self.subscriber.id, "to_subscriber_id": other.id},
            "take_over": {"to_partner_id": owner.id},
            "re_sign": {"term_months": 24, "notice_days": 7},
            "drop": {},
        }.items():
            contract = self.run_contract(
                self.fee(310.0, subscriber_id=self.subscriber.id),
                self.fee(62.0, product=self.maintenance),
            )
            contract._charge(date(2026, 3, 1))
            change = self.env["alarm.contract.change"].create(
                {
                    "contract_id": contract.id,
                    "kind": kind,
                    "date": date(2026, 3, 11),
                    "reason_id": self.reason.id,
                    **values,
                }
            )
            if kind == "drop":
                change.line_ids[-1].keep = False
            shown, plan = html2plaintext(change.preview), change._plan()
            change.action_apply()
            with self.subTest(kind=kind):
                self.assertEqual(html2plaintext(change.outcome), shown)
                given_back = contract.charge_ids.filtered(lambda charge: charge.amount < 0)
                self.assertEqual(
                    sorted(given_back.mapped("amount")),
                    sorted(vals["amount"] for vals in plan.credits),
                )
                for line in plan.ends:
                    self.assertEqual(line.date_end, date(2026, 3, 10))
                for line, changed in plan.changes.items():
                    self.assertEqual(line.date_end, date(2026, 3, 10))
                    after = self.env["contract.line"].search(
                        [("predecessor_contract_line_id", "=", line.id)]
                    )
                    self.assertEqual(after.date_start, date(2026, 3, 11))
                    for name, value in changed.items():
                        field = after._fields[name]
                        self.assertEqual(field.convert_to_write(after[name], after), value)
