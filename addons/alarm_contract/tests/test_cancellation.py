from datetime import date, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import format_date

from .common import make_service
from .test_changes import ChangeCase, reason_of

NOTICE = date(2026, 5, 20)
LAST_DAY = date(2026, 6, 20)


@tagged("post_install", "-at_install")
class TestCancellation(ChangeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.model.write({"exit_method": "balance_share", "exit_rate": 50.0, "notice_days": 30})
        cls.moved = reason_of(cls.env, "moved")

    def cancellation(self, contract, user=None, **values):
        return (
            contract.env["alarm.contract.cancellation"]
            .with_user(user or self.manager)
            .create(
                {
                    "contract_id": contract.id,
                    "notice_date": NOTICE,
                    "effective_date": LAST_DAY,
                    "reason_id": self.moved.id,
                    **values,
                }
            )
        )

    def figures(self, cancellation):
        return [(row.section, row.code, row.amount) for row in cancellation.calculation_line_ids]

    def finish(self, day=date(2026, 6, 21)):
        self.env["alarm.contract.cancellation"]._run_due(day)

    def test_the_calculation_is_there_before_anybody_agrees(self):
        contract = self.run_contract(self.fee(300.0), deposit_amount=600.0)
        contract._charge(date(2026, 6, 1))
        cancellation = self.cancellation(contract, self.clerk)
        self.assertEqual(cancellation.state, "draft")
        self.assertTrue(cancellation.early)
        self.assertEqual(
            self.figures(cancellation),
            [
                ("fee", "whole_months", 1800.0),
                ("fee", "part_month", 100.0),
                ("fee", "balance", 1900.0),
                ("fee", "rate", 950.0),
                ("credit", "credit", -100.0),
                ("deposit", "deposit", -600.0),
            ],
        )
        self.assertEqual(cancellation.total, 250.0)
        self.assertEqual(contract.alarm_state, "running")

    def test_a_new_form_shows_no_figures_before_they_are_calculated(self):
        contract = self.run_contract(self.fee(300.0))
        form = Form(
            self.env["alarm.contract.cancellation"]
            .with_user(self.clerk)
            .with_context(default_contract_id=contract.id)
        )
        form.notice_date = NOTICE
        form.reason_id = self.moved
        self.assertFalse(form.calculation_id)
        form.effective_date = LAST_DAY
        self.assertIn("bound until", form.early_notice)
        self.assertTrue(form.save().calculation_id)

    def test_nothing_is_charged_beyond_the_last_day_and_it_ends_after_it(self):
        contract = self.run_contract(self.fee(300.0))
        contract._charge(date(2026, 5, 1))
        cancellation = self.cancellation(contract)
        cancellation.action_confirm()
        self.assertEqual(contract.alarm_state, "notice")
        # Twenty days of June, no more.
        self.assertEqual(contract._charge(date(2026, 6, 1)).amount_total, 200.0)
        self.assertFalse(contract._charge(date(2026, 7, 15)))
        self.finish(LAST_DAY)
        self.assertEqual(cancellation.state, "pending")
        self.finish()
        self.assertEqual((cancellation.state, contract.alarm_state), ("done", "ended"))
        line = contract.contract_line_ids
        self.assertEqual((line.end_cause, line.end_reason_id), ("cancel", self.moved))
        self.assertEqual(line.date_end, LAST_DAY)
        self.assertEqual(contract.terminate_reason_id, self.moved)
        self.assertEqual(contract.terminate_date, LAST_DAY)

    def test_what_was_paid_beyond_the_last_day_is_on_the_final_invoice(self):
        contract = self.run_contract(self.fee(3600.0, period_months=12), deposit_amount=600.0)
        contract._charge(date(2026, 1, 1))
        cancellation = self.cancellation(contract)
        credit = cancellation.credit
        self.assertEqual(credit, round(3600 * 194 / 365, 2))
        cancellation.action_confirm()
        self.assertFalse(contract._charge(date(2026, 6, 1)))
        self.finish()
        final = cancellation.move_ids
        self.assertEqual(final.state, "posted")
        sign = -1 if final.move_type == "out_refund" else 1
        self.assertAlmostEqual(sign * final.amount_total, cancellation.total, 2)
        fee = contract.contract_line_ids.filtered(lambda line: line.charge_kind == "fixed")
        self.assertEqual(fee.date_end, LAST_DAY)

    def test_a_whole_period_after_the_last_day_is_on_the_final_invoice_too(self):
        contract = self.run_contract(self.fee(300.0, period_months=3))
        contract._charge(date(2026, 10, 1))
        cancellation = self.cancellation(contract, effective_date=date(2026, 6, 30))
        self.assertEqual(cancellation.credit, 600.0)
        cancellation.action_confirm()
        self.finish(date(2026, 7, 1))
        self.assertEqual(
            contract.charge_ids.filtered("credits_charge_id").mapped("state"), ["charged"] * 2
        )
        lines = cancellation.move_ids.invoice_line_ids
        self.assertEqual(len(lines.filtered(lambda line: line.price_subtotal * 2 == 600)), 2)

    def test_the_final_invoice_shows_the_calculation(self):
        self.customer.lang = "en_US"
        contract = self.run_contract(self.fee(300.0))
        contract._charge(date(2026, 6, 1))
        cancellation = self.cancellation(contract)
        cancellation.action_confirm()
        self.finish()
        texts = "\n".join(cancellation.move_ids.invoice_line_ids.mapped("name"))
        for words in ("6 whole months left", "Balance of the term", "50 % of", "950.00"):
            self.assertIn(words, texts)

    def test_the_exit_fee_is_taxed_as_its_service_says_else_as_the_fees(self):
        taxes = self.env["account.tax"].create(
            [
                {"name": f"Test {rate}", "amount": rate, "type_tax_use": "sale"}
                for rate in (6.0, 13.0)
            ]
        )
        self.monitoring.taxes_id = taxes[0]
        exit_service = make_service(self, "Exit", taxes_id=[Command.set(taxes[1].ids)])
        for product, tax in ((exit_service.browse(), taxes[0]), (exit_service, taxes[1])):
            self.company.alarm_exit_product_id = product
            contract = self.run_contract(self.fee(300.0))
            contract._charge(date(2026, 6, 1))
            self.cancellation(contract).action_confirm()
            self.finish()
            fee = contract.charge_ids.filtered(lambda charge: charge.kind == "exit_fee")
            self.assertEqual(fee.move_line_id.tax_ids, tax)
            self.assertEqual(fee.move_line_id.price_subtotal, 950.0)

    def test_arrears_are_charged_to_the_last_day(self):
        contract = self.run_contract(
            self.fee(300.0, recurring_invoicing_type="post-paid"), exit_method="none"
        )
        contract._charge(date(2026, 6, 1))
        cancellation = self.cancellation(contract)
        cancellation.action_confirm()
        self.finish()
        self.assertEqual(cancellation.move_ids.amount_total, 200.0)

    def test_nobody_agrees_to_figures_he_has_not_seen(self):
        contract = self.run_contract(self.fee(300.0))
        contract._charge(date(2026, 5, 1))
        cancellation = self.cancellation(contract)
        contract._charge(date(2026, 6, 1))
        with self.assertRaisesRegex(UserError, "anew"):
            cancellation.action_confirm()
        cancellation.action_recalculate()
        cancellation.action_confirm()
        self.assertEqual(cancellation.credit, 100.0)

    def test_what_was_agreed_on_stays_as_it_is(self):
        contract = self.run_contract()
        cancellation = self.cancellation(contract)
        cancellation.action_confirm()
        with self.assertRaises(UserError):
            cancellation.effective_date = date(2026, 8, 1)
        with self.assertRaises(UserError):
            cancellation.calculation_id.with_user(self.manager).fee = 0
        with self.assertRaises(UserError):
            cancellation.calculation_id.sudo().unlink()
        with self.assertRaises(AccessError):
            cancellation.calculation_line_ids.with_user(self.manager).unlink()
        with self.assertRaises(UserError):
            cancellation.with_user(self.manager).unlink()

    def test_the_fee_is_waived_with_a_reason_by_a_manager(self):
        contract = self.run_contract(self.fee(300.0))
        contract._charge(date(2026, 6, 1))
        cancellation = self.cancellation(contract)
        with self.assertRaises(AccessError):
            cancellation.with_user(self.clerk).calculation_id._waive("He is a friend")
        with self.assertRaises(UserError):
            cancellation.calculation_id._waive(" ")
        wizard = self.env["alarm.cancellation.reason"].with_user(self.manager)
        wizard.create(
            {"cancellation_id": cancellation.id, "verb": "waive", "reason": "Flood"}
        ).action_apply()
        cancellation.action_confirm()
        self.assertEqual(cancellation.total, -100.0)
        self.finish()
        fee = contract.charge_ids.filtered(lambda charge: charge.kind == "exit_fee")
        self.assertEqual((fee.state, fee.waive_reason, fee.amount), ("waived", "Flood", 950.0))
        self.assertEqual(cancellation.move_ids.amount_total, 100.0)
        self.assertEqual(cancellation.move_ids.move_type, "out_refund")

    def test_nobody_types_the_figures(self):
        contract = self.run_contract()
        context = {"default_waived": True, "default_fee": 1.0}
        cancellation = self.cancellation(contract.with_context(**context), self.clerk)
        self.assertFalse(cancellation.waived)
        for values in ({"fee": 0.0}, {"waived": True}):
            with self.assertRaises(AccessError):
                cancellation.calculation_id.write(values)
        with self.assertRaises(AccessError):
            cancellation.calculation_line_ids.write({"amount": 0.0})

    def test_a_clerk_prepares_and_a_manager_confirms(self):
        contract = self.run_contract()
        cancellation = self.cancellation(contract, self.clerk)
        with self.assertRaises(AccessError):
            cancellation.action_confirm()
        cancellation.with_user(self.manager).action_confirm()
        with self.assertRaises(AccessError):
            self.env["alarm.cancellation.reason"].with_user(self.clerk).create(
                {"cancellation_id": cancellation.id, "verb": "undo", "reason": "x"}
            )

    def test_undone_everything_is_as_before(self):
        contract = self.run_contract(self.fee(3600.0, period_months=12), self.fee(300.0))
        contract._charge(date(2026, 5, 1))
        before = self.lines(contract)
        charged = contract.contract_line_ids.mapped("last_date_invoiced")
        cancellation = self.cancellation(contract)
        cancellation.action_confirm()
        orders = cancellation.sudo().removal_order_ids
        self.assertEqual(orders.mapped("state"), ["draft"])
        self.env["alarm.cancellation.reason"].with_user(self.manager).create(
            {"cancellation_id": cancellation.id, "verb": "undo", "reason": "Better price"}
        ).action_apply()
        self.assertEqual(cancellation.state, "withdrawn")
        self.assertEqual(contract.alarm_state, "running")
        self.assertEqual(self.lines(contract), before)
        self.assertEqual(contract.contract_line_ids.mapped("last_date_invoiced"), charged)
        self.assertEqual(orders.mapped("state"), ["cancelled"])
        self.assertFalse(self.subscriber.contract_notice)
        self.finish()
        self.assertEqual(contract.alarm_state, "running")
        self.assertEqual(contract._charge(date(2026, 6, 1)).amount_total, 300.0)

    def test_undone_its_tasks_are_off_and_what_was_done_is_to_be_undone(self):
        cancellation = self.cancellation(self.run_contract())
        cancellation.action_confirm()
        police = cancellation.task_ids.filtered(lambda t: t.type_id.code == "police_informed")
        police.action_done()
        self.env["alarm.cancellation.reason"].with_user(self.manager).create(
            {"cancellation_id": cancellation.id, "verb": "undo", "reason": "Better price"}
        ).action_apply()
        self.assertEqual(cancellation.task_ids, police)
        todo = cancellation.activity_ids.filtered(lambda activity: activity.note)
        self.assertIn(police.name, str(todo.note))

    def test_a_last_day_before_the_notice_period_is_refused_and_the_earliest_named(self):
        contract = self.run_contract(notice_days=30)
        earliest = format_date(self.env, date(2026, 6, 19))
        with self.assertRaisesRegex(ValidationError, earliest), self.env.cr.savepoint():
            self.cancellation(contract, effective_date=date(2026, 6, 18))
        draft = self.cancellation(contract, effective_date=date(2026, 6, 19))
        with self.assertRaisesRegex(ValidationError, earliest), self.env.cr.savepoint():
            draft.effective_date = date(2026, 6, 1)
        # Who is ended by us had other notices.
        ours = reason_of(self.env, "non_payment")
        self.cancellation(contract, effective_date=date(2026, 6, 1), reason_id=ours.id)

    def test_the_letter_says_the_account_of_the_refund_and_is_signed(self):
        contract = self.run_contract(self.fee(300.0), deposit_amount=600.0, exit_method="none")
        contract._charge(date(2026, 6, 1))
        cancellation = self.cancellation(contract)
        report = self.env["ir.actions.report"].with_user(self.clerk)
        name = "alarm_contract.report_cancellation_letter"

        def letter():
            content, _kind = report._render_qweb_html(name, cancellation.ids)
            return content.decode()

        blank = letter()
        self.assertIn("bank, number, holder", blank)
        self.assertIn("signature", blank)
        self.assertIn(cancellation._letter_money(700.0), blank)
        self.env["res.partner.bank"].create(
            {"acc_number": "NL91 1234", "partner_id": self.customer.id}
        )
        self.assertIn("NL91 1234", letter())

    def test_who_works_at_the_site_sees_that_the_customer_leaves(self):
        order = self.env["alarm.work.order"].create(
            {"kind": "survey", "subscriber_id": self.subscriber.id}
        )
        self.cancellation(self.run_contract()).action_confirm()
        self.env.invalidate_all()
        technician = new_test_user(self.env, "t-tech", "alarm_work_order.group_technician")
        notice = order.with_user(technician).contract_notice
        self.assertIn(format_date(self.env, LAST_DAY), notice)
        self.assertEqual(order._work_data()["contract_notice"], order.contract_notice)

    def dispatch(self):
        """Responders on their way to the site."""
        signal = self.signal()
        self.ingest(signal)
        incident = self.env["alarm.incident"].search(
            [("subscriber_id", "=", self.subscriber.id)], limit=1
        )
        return self.env["alarm.dispatch"].create(
            {
                "incident_id": incident.id,
                "subscriber_id": self.subscriber.id,
                "company_id": self.company.id,
                "site_name": self.subscriber.name,
            }
        )

    def test_who_sends_responders_sees_that_the_customer_leaves(self):
        order = self.dispatch().with_user(self.dispatcher)
        self.assertFalse(order.contract_notice)
        self.cancellation(self.run_contract()).action_confirm()
        self.env.invalidate_all()
        self.assertIn(format_date(self.env, LAST_DAY), order.contract_notice)
        form = self.env["alarm.dispatch"].with_user(self.dispatcher).get_view(view_type="form")
        self.assertIn("contract_notice", form["arch"])

    def test_what_is_still_to_be_done_at_the_sites_is_listed(self):
        cancellation = self.cancellation(self.run_contract())
        self.assertFalse(cancellation.open_work)
        orders = self.env["alarm.work.order"].create(
            [{"kind": "inspection", "subscriber_id": self.subscriber.id} for _number in range(2)]
        )
        orders[1].action_cancel("Not needed")
        dispatch = self.dispatch()
        self.env.invalidate_all()
        self.assertEqual(
            cancellation.open_work, f"{orders[0].name} Inspection, Draft; {dispatch.name} Proposed"
        )
        self.assertEqual(cancellation.with_user(self.clerk).open_work, cancellation.open_work)
        # The removal is said elsewhere.
        cancellation.action_confirm()
        self.env.invalidate_all()
        self.assertTrue(cancellation.open_work.startswith(orders[0].name))
        for removal in cancellation.sudo().removal_order_ids:
            self.assertNotIn(removal.name, cancellation.open_work)
        action = cancellation.action_view_open_work()
        self.assertEqual(self.env["alarm.work.order"].search(action["domain"]) & orders, orders[0])

    def test_a_new_signature_withdraws_the_notice(self):
        contract = self.run_contract()
        cancellation = self.cancellation(contract)
        cancellation.action_confirm()
        change = contract.with_user(self.manager)._action_change(
            "re_sign", date(2026, 6, 1), term_months=12
        )
        self.assertEqual(change.state, "done")
        self.assertEqual((cancellation.state, contract.alarm_state), ("withdrawn", "running"))

    def test_a_clerk_does_not_undo_a_notice_by_a_new_signature(self):
        contract = self.run_contract()
        self.cancellation(contract).action_confirm()
        with self.assertRaises(AccessError):
            contract.with_user(self.clerk)._action_change("re_sign", date(2026, 6, 1))

    def test_a_new_signature_planned_before_the_notice_does_not_undo_it(self):
        contract = self.run_contract()
        day = self.today + timedelta(days=5)
        planned = contract._action_change("re_sign", day, term_months=12)
        cancellation = self.cancellation(contract)
        cancellation.action_confirm()
        self.assertEqual(planned.state, "withdrawn")
        self.env["alarm.contract.change"]._run_due(day)
        self.assertEqual((cancellation.state, contract.alarm_state), ("pending", "notice"))

    def test_a_clerk_does_not_plan_to_undo_a_notice_either(self):
        contract = self.run_contract()
        self.cancellation(
            contract, notice_date=self.today, effective_date=self.today + timedelta(days=30)
        ).action_confirm()
        with self.assertRaises(AccessError):
            contract.with_user(self.clerk)._action_change("re_sign", self.today + timedelta(days=5))

    def test_everybody_who_handles_the_site_sees_it(self):
        contract = self.run_contract()
        self.assertFalse(self.subscriber.contract_notice)
        self.cancellation(contract).action_confirm()
        self.env.invalidate_all()
        reader = self.subscriber.with_user(self.clerk)
        day = format_date(self.env, LAST_DAY)
        self.assertIn(day, reader.contract_notice)
        self.assertIn(day, contract.cancellation_notice)

    def test_the_list_of_tasks_fits_and_works_itself_off(self):
        contract = self.run_contract()
        cancellation = self.cancellation(contract)
        cancellation.action_confirm()
        codes = cancellation.task_ids.type_id.mapped("code")
        self.assertIn("police_informed", codes)
        self.assertIn("final_invoice", codes)
        self.assertNotIn("deposit", codes)
        police = cancellation.task_ids.filtered(lambda t: t.type_id.code == "police_informed")
        self.assertEqual(police.date_due, LAST_DAY)
        with self.assertRaises(UserError):
            police.with_user(self.clerk).write({"done": True, "done_by_id": self.manager.id})
        police.with_user(self.clerk).action_done()
        self.assertEqual(police.done_by_id, self.clerk)
        with self.assertRaises(UserError):
            police.with_user(self.clerk).unlink()
        self.finish()
        final = cancellation.task_ids.filtered(lambda t: t.type_id.code == "final_invoice")
        self.assertTrue(final.done)

    def test_the_removal_ends_monitoring_the_day_after(self):
        contract = self.run_contract()
        cancellation = self.cancellation(contract)
        cancellation.action_confirm()
        order = cancellation.sudo().removal_order_ids
        self.assertEqual(order.subscriber_id, self.subscriber)
        self.assertEqual(order.monitoring_ends_on, date(2026, 6, 21))
        self.assertEqual(order.monitoring_ended_by_id, self.manager)
        self.assertIn(order.name, cancellation.with_user(self.clerk).removal_progress)

    def test_a_deposit_that_was_not_invoiced_is_not_asked_for_any_more(self):
        contract = self.run_contract(self.fee(300.0), deposit_amount=600.0)
        deposit = contract.contract_line_ids.filtered(lambda line: line.charge_kind == "deposit")
        cancellation = self.cancellation(contract)
        cancellation.action_confirm()
        self.assertNotIn(
            "deposit", contract._charge(date(2026, 6, 1)).alarm_charge_ids.mapped("kind")
        )
        cancellation._undo("Better price")
        self.assertFalse(deposit.is_canceled)
        self.assertEqual(
            contract._charge(date(2026, 7, 1))
            .alarm_charge_ids.filtered(lambda charge: charge.kind == "deposit")
            .amount,
            600.0,
        )

    def test_a_deposit_that_waits_for_its_invoice_is_waived_in_the_end(self):
        contract = self.run_contract(self.fee(300.0), deposit_amount=600.0)
        invoice = contract._charge(date(2026, 5, 1))
        invoice.button_draft()
        invoice.button_cancel()
        deposit = contract.charge_ids.filtered(lambda charge: charge.kind == "deposit")
        deposit.action_charge_again()
        self.cancellation(contract).action_confirm()
        self.finish()
        self.assertEqual(deposit.repeated_ids.state, "waived")
        self.assertEqual(contract._get_deposit_held(), 0.0)
        self.assertNotIn("deposit_refund", contract.charge_ids.mapped("kind"))

    def test_the_deposit_that_is_held_in_the_end_is_given_back(self):
        """Not the one that was held at the notice: it was paid, or given back, since."""
        for refund in (True, False):
            contract = self.run_contract(self.fee(300.0), deposit_amount=600.0)
            invoice = contract._charge(date(2026, 5, 1))
            invoice.button_draft()
            invoice.button_cancel()
            cancellation = self.cancellation(contract, refund_deposit=refund)
            self.assertEqual(cancellation.deposit, 0.0)
            cancellation.action_confirm()
            # It was owed after all: the invoice is posted again.
            invoice.button_draft()
            invoice.action_post()
            self.assertEqual(contract._get_deposit_held(), 600.0)
            self.finish()
            self.assertEqual(contract._get_deposit_held(), 0.0 if refund else 600.0)

    def test_what_was_done_once_is_owed_and_what_never_came_about_is_not(self):
        done = self.fee(80.0, self.setup_service, charge_kind="one_off")
        never = self.fee(
            90.0,
            self.setup_service,
            charge_kind="one_off",
            begins="date",
            date_start=LAST_DAY + timedelta(days=1),
        )
        contract = self.run_contract(self.fee(300.0), done, never)
        cancellation = self.cancellation(contract)
        cancellation.action_confirm()
        self.finish(date(2026, 7, 15))
        once = contract.charge_ids.filtered(lambda charge: charge.kind == "one_off")
        self.assertEqual(once.mapped("amount"), [80.0])
        self.assertFalse(contract._charge(date(2026, 8, 1)))

    def test_the_last_of_two_contracts_to_leave_has_the_equipment_removed(self):
        """By whichever notice comes second, and for the day after the later last day."""
        later = LAST_DAY + timedelta(days=40)
        for days in ((LAST_DAY, later), (later, LAST_DAY)):
            with self.subTest(days=days), self.env.cr.savepoint() as savepoint:
                first, second = (
                    self.cancellation(self.run_contract(), effective_date=day) for day in days
                )
                first.action_confirm()
                self.assertFalse(first.sudo().removal_order_ids)
                second.action_confirm()
                order = second.sudo().removal_order_ids
                self.assertEqual(order.subscriber_id, self.subscriber)
                self.assertEqual(order.monitoring_ends_on, later + timedelta(days=1))
                self.assertEqual(first.sudo().removal_order_ids, order)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_whichever_of_two_contracts_stays_calls_the_removal_off(self):
        for stays in (0, 1):
            with self.subTest(stays=stays), self.env.cr.savepoint() as savepoint:
                both = [self.cancellation(self.run_contract()) for _number in range(2)]
                for cancellation in both:
                    cancellation.action_confirm()
                order = both[1].sudo().removal_order_ids
                both[stays]._undo("Better price")
                self.assertEqual(order.state, "cancelled")
                again = self.cancellation(both[stays].contract_id)
                again.action_confirm()
                self.assertEqual(again.sudo().removal_order_ids.state, "draft")
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_removal_that_nobody_planned_waits_for_the_contract_that_ends_later(self):
        first = self.cancellation(self.run_contract())
        first.action_confirm()
        order = first.sudo().removal_order_ids
        last = LAST_DAY + timedelta(days=40)
        second = self.cancellation(self.run_contract(), effective_date=last)
        second.action_confirm()
        self.assertEqual(second.sudo().removal_order_ids, order)
        self.assertEqual(order.monitoring_ends_on, last + timedelta(days=1))

    def test_one_that_cannot_end_says_why_and_the_others_end(self):
        first, second = self.run_contract(), self.run_contract()
        bad, good = self.cancellation(first), self.cancellation(second)
        bad.action_confirm()
        good.action_confirm()
        first._transition("end")
        self.finish()
        self.assertEqual((bad.state, good.state), ("pending", "done"))
        self.assertIn("Ended", bad.problem)

    def test_nobody_goes_past_the_queue(self):
        contract = self.run_contract()
        wizard = self.env["contract.contract.terminate"].with_user(self.manager)
        wizard = wizard.create(
            {
                "contract_id": contract.id,
                "terminate_reason_id": self.moved.id,
                "terminate_comment": "x",
                "terminate_date": LAST_DAY,
            }
        )
        with self.assertRaisesRegex(UserError, "cancellation"):
            wizard.terminate_contract()
        action = contract.action_terminate_contract()
        self.assertEqual(action["res_model"], "alarm.contract.cancellation")

    def test_a_second_run_ends_nothing_twice(self):
        contract = self.run_contract(self.fee(300.0))
        contract._charge(date(2026, 6, 1))
        cancellation = self.cancellation(contract)
        cancellation.action_confirm()
        self.finish()
        charges = contract.charge_ids
        self.finish(date(2026, 7, 1))
        self.assertEqual(contract.charge_ids, charges)

    def test_who_never_went_on_line_owes_no_balance(self):
        contract = self.make_contract()
        contract._action_sign(date(2026, 5, 1))
        cancellation = self.cancellation(contract)
        self.assertEqual(cancellation.fee, 0.0)
        cancellation.action_confirm()
        self.assertTrue(contract.contract_line_ids.is_canceled)
        self.finish()
        self.assertEqual(contract.alarm_state, "ended")

    def test_a_suspended_customer_owes_as_if_he_were_served(self):
        contract = self.run_contract(self.fee(300.0))
        contract._action_change("suspend", date(2026, 3, 1), reason_id=self.reason.id)
        cancellation = self.cancellation(contract)
        self.assertEqual(cancellation.fee, 950.0)

    def test_a_subsidy_is_paid_back(self):
        contract = self.run_contract(
            self.fee(300.0),
            exit_method="unamortised_subsidy",
            subsidy_amount=2400.0,
            subsidy_months=24,
        )
        cancellation = self.cancellation(contract, effective_date=date(2026, 10, 31))
        self.assertEqual(cancellation.fee, 1400.0)

    def test_a_declining_schedule_and_a_lost_margin(self):
        steps = [
            Command.create({"from_month": 0, "rate": 80.0}),
            Command.create({"from_month": 5, "rate": 20.0}),
        ]
        contract = self.run_contract(self.fee(300.0), exit_method="declining", exit_step_ids=steps)
        last = date(2026, 6, 30)
        self.assertEqual(self.cancellation(contract, effective_date=last).fee, 360.0)
        margin = self.run_contract(self.fee(300.0), exit_method="lost_margin", monthly_cost=100.0)
        self.assertEqual(self.cancellation(margin, effective_date=last).fee, 1200.0)

    def test_at_the_end_of_what_binds_nothing_is_owed(self):
        contract = self.run_contract(self.fee(300.0))
        cancellation = self.cancellation(contract, effective_date=date(2026, 12, 31))
        self.assertFalse(cancellation.early)
        self.assertEqual(cancellation.fee, 0.0)

    def test_the_last_day_is_proposed_and_not_before_the_service_began(self):
        contract = self.run_contract()
        proposed = self.env["alarm.contract.cancellation"].create(
            {"contract_id": contract.id, "notice_date": NOTICE, "reason_id": self.moved.id}
        )
        self.assertEqual(proposed.effective_date, date(2026, 12, 31))
        with self.assertRaises(ValidationError):
            self.cancellation(contract, effective_date=date(2025, 12, 1))

    def test_a_reason_that_needs_words_asks_for_them(self):
        contract = self.run_contract()
        self.moved.terminate_comment_required = True
        cancellation = self.cancellation(contract)
        with self.assertRaisesRegex(UserError, "remark"):
            cancellation.action_confirm()
