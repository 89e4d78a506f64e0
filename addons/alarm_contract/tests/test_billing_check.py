from datetime import date, timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged

from .common import ContractCase

TODAY = fields.Date.today()
BEFORE = TODAY - timedelta(days=100)


@tagged("post_install", "-at_install")
class TestBillingCheck(ContractCase):
    """What is monitored but not billed, or billed but not monitored."""

    def found(self, day=TODAY):
        checks = self.env["alarm.billing.check"]._check(day)
        mine = checks.filtered(
            lambda one: one.subscriber_id.name in ("Site 7001", "Site 7002", "Site 7003")
            or one.contract_id.business_model_id == self.model
        )
        return {
            (one.kind, one.reason, one.subscriber_id.name, one.contract_line_id.id): one
            for one in mine
        }

    def only(self, kind, reason, day=TODAY):
        """The one finding there is."""
        found = self.found(day)
        self.assertEqual([key[:2] for key in found], [(kind, reason)])
        return next(iter(found.values()))

    def run_uptodate(self, *lines, **values):
        """A contract that is charged up to today."""
        contract = self.run_contract(*lines, start=BEFORE, **values)
        contract._charge(TODAY)
        return contract

    def test_the_button_of_the_list_checks_whatever_is_selected(self):
        checks = self.env["alarm.billing.check"].with_user(self.clerk)
        for selected in ([], self.env["alarm.billing.check"]._check(TODAY)):
            call_kw(checks, "action_check_now", [list(selected)], {})
        self.assertTrue(self.company.billing_checked_at)
        self.assertIn("Last checked", checks.get_empty_screen())

    # Monitored but not billed

    def test_who_is_billed_is_not_found(self):
        self.run_uptodate()
        self.assertFalse(self.found())

    def test_no_contract(self):
        check = self.only("not_billed", "no_contract")
        self.assertEqual(check.subscriber_id, self.subscriber)
        action = check.action_repair()
        self.assertEqual(action["res_model"], "contract.contract")
        self.assertEqual(action["context"]["default_subscriber_ids"], self.subscriber.ids)

    def test_contract_that_is_not_signed(self):
        self.make_contract()
        self.only("not_billed", "draft")

    def test_contract_that_is_signed_is_started_by_one_click(self):
        contract = self.make_contract()
        contract._action_sign(BEFORE)
        check = self.only("not_billed", "not_started")
        check.with_user(self.clerk).action_repair()
        self.assertEqual(contract.alarm_state, "running")
        self.assertEqual(check.state, "solved")

    def test_fee_that_waits_begins_by_one_click(self):
        contract = self.run_contract(self.fee(), start=BEFORE)
        contract.contract_line_ids.waiting = True
        check = self.only("not_billed", "waiting")
        check.with_user(self.clerk).action_repair()
        self.assertFalse(contract.contract_line_ids.waiting)
        self.assertEqual(contract.contract_line_ids.date_start, TODAY)

    def test_fee_that_has_ended_goes_on_by_one_click(self):
        contract = self.run_contract(self.fee(75.0), start=BEFORE)
        end = TODAY - timedelta(days=10)
        contract.contract_line_ids.date_end = end
        check = self.only("not_billed", "ended")
        # Monitored since today only, by the register.
        self.assertEqual(check.since, TODAY)
        check.with_user(self.clerk).action_repair()
        new = contract.contract_line_ids.sorted("id")[-1]
        self.assertEqual((new.price_unit, new.date_start), (75.0, TODAY))
        self.assertEqual(
            new.predecessor_contract_line_id, contract.contract_line_ids.sorted("id")[0]
        )
        contract._charge(TODAY)
        self.assertFalse(self.found())

    def test_contract_whose_fees_are_for_other_sites_gets_one_by_one_click(self):
        other = self.make_panel("7002").subscriber_id
        contract = self.run_uptodate(
            self.fee(60.0, subscriber_id=other.id),
            subscriber_ids=[Command.set((self.subscriber | other).ids)],
        )
        check = self.only("not_billed", "no_line")
        self.assertEqual(check.subscriber_id, self.subscriber)
        check.with_user(self.clerk).action_repair()
        line = contract.contract_line_ids.filtered(lambda one: one.subscriber_id == self.subscriber)
        self.assertEqual((line.price_unit, line.date_start), (60.0, TODAY))

    def test_fee_for_maintenance_is_none_for_monitoring(self):
        self.run_uptodate(self.fee(product=self.maintenance))
        self.only("not_billed", "no_line")

    def test_a_fee_by_number_bills_where_there_is_something_to_count(self):
        panel = self.subscriber.panel_ids
        panel.zone_ids.billable = False
        other = self.make_panel("7002").subscriber_id
        self.env["alarm.zone"].create(
            {"panel_id": other.panel_ids.id, "number": "77", "name": "Vault"}
        )
        contract = self.run_uptodate(
            self.fee(charge_kind="per_zone"),
            subscriber_ids=[Command.set((self.subscriber | other).ids)],
        )
        check = self.only("not_billed", "nothing_counted")
        self.assertEqual((check.subscriber_id, check.contract_id), (self.subscriber, contract))
        self.assertTrue(check.decision)
        action = check.with_user(self.clerk).action_repair()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("alarm.subscriber", self.subscriber.id)
        )
        zone = self.env["alarm.zone"].create(
            {"panel_id": panel.id, "number": "77", "name": "Back Door"}
        )
        self.assertFalse(self.found())
        zone.active = False
        check = self.only("not_billed", "nothing_counted")
        check.with_user(self.clerk)._exempt(TODAY, "is being rebuilt")
        self.assertEqual(check.state, "exempt")

    def test_a_fee_by_detectors_bills_where_there_are_some(self):
        self.run_uptodate(self.fee(charge_kind="per_detector", subscriber_id=self.subscriber.id))
        self.only("not_billed", "nothing_counted")
        device = self.env["alarm.device"].create(
            {"product_id": self.setup_service.id, "kind": "detector"}
        )
        device.write({"subscriber_id": self.subscriber.id, "state": "at_site"})
        self.assertEqual(device.kind, "detector")
        self.assertFalse(self.found())
        device.installed_on = TODAY + timedelta(days=1)
        self.only("not_billed", "nothing_counted")
        device.write({"installed_on": TODAY, "state": "lost"})
        self.only("not_billed", "nothing_counted")

    def test_a_fee_that_counts_nothing_is_no_matter_beside_one_that_is_fixed(self):
        self.run_uptodate(
            self.fee(charge_kind="per_detector"), self.fee(20.0, subscriber_id=self.subscriber.id)
        )
        self.assertFalse(self.found())

    def test_a_fee_that_comes_to_nothing_bills_nobody(self):
        for values in (
            {"specific_price": 0.0},
            {"quantity": 0},
            {"discount": 100.0},
        ):
            with self.subTest(values=values), self.env.cr.savepoint() as savepoint:
                contract = self.run_uptodate(self.fee(**values))
                check = self.only("not_billed", "free")
                self.assertTrue(check.decision)
                action = check.with_user(self.clerk).action_repair()
                self.assertEqual(action["res_id"], contract.id)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_free_months_come_to_an_end_by_themselves(self):
        self.run_uptodate(self.fee(discount=100.0, discount_until=TODAY + timedelta(days=40)))
        self.assertFalse(self.found())

    def test_suspended_contract(self):
        contract = self.run_uptodate()
        contract._write_by_verb({"alarm_state": "suspended"})
        self.only("not_billed", "suspended_contract")

    def suspend(self, contract, day, **values):
        reason = self.env["contract.terminate.reason"].search([], limit=1)
        return contract._action_change("suspend", day, reason_id=reason.id, **values)

    def test_fee_of_a_site_that_was_suspended_is_not_doubled_by_going_on(self):
        other = self.make_panel("7002").subscriber_id
        contract = self.run_uptodate(
            self.fee(60.0, subscriber_id=self.subscriber.id),
            self.fee(60.0, subscriber_id=other.id),
            subscriber_ids=[Command.set((self.subscriber | other).ids)],
        )
        self.suspend(
            contract,
            TODAY - timedelta(days=3),
            subscriber_id=other.id,
            resume_on=TODAY + timedelta(days=20),
        )
        check = self.only("not_billed", "suspended_contract")
        self.assertEqual(check.subscriber_id, other)
        self.assertTrue(check.decision)
        action = check.with_user(self.clerk).action_repair()
        self.assertEqual(action["res_id"], contract.id)
        self.assertEqual(len(contract.contract_line_ids), 2)

    def test_suspended_contract_says_so_although_its_fees_have_ended(self):
        contract = self.run_uptodate()
        self.suspend(contract, TODAY - timedelta(days=3))
        self.only("not_billed", "suspended_contract")

    def test_fee_that_waits_to_resume_is_suspended_and_begins_by_no_click(self):
        contract = self.run_contract(self.fee(), start=BEFORE)
        line = contract.contract_line_ids
        line.write({"waiting": True, "start_cause": "reactivation"})
        check = self.only("not_billed", "suspended_contract")
        check.with_user(self.clerk).action_repair()
        self.assertTrue(line.waiting)
        line.start_cause = "new"
        other = self.fee()[2] | {"contract_id": contract.id}
        resumes = self.env["contract.line"].create({**other, "start_cause": "reactivation"})
        resumes.waiting = True
        self.env["alarm.billing.check"]._check(TODAY)
        check._repair_waiting()
        self.assertEqual((line.waiting, resumes.waiting), (False, True))

    def test_fee_that_was_paid_beyond_its_end_is_not_charged_twice(self):
        contract = self.run_contract(self.fee(75.0), start=BEFORE)
        contract._charge(TODAY)
        line = contract.contract_line_ids
        paid = line.last_date_invoiced
        self.assertGreaterEqual(paid, TODAY)
        line.date_end = TODAY - timedelta(days=10)
        check = self.only("not_billed", "ended")
        check.with_user(self.clerk).action_repair()
        before = contract.charge_ids
        contract._charge(TODAY)
        self.assertFalse(contract.charge_ids - before)
        self.assertFalse(self.found(TODAY + timedelta(days=1)))

    def heir_of(self, site):
        """The subscriber of somebody who has taken over the premises."""
        owner = self.env["res.partner"].create({"name": "New Owner"})
        return self.env["alarm.subscriber"].create(
            {"name": "Taken Over", "partner_id": owner.id, "predecessor_id": site.id}
        )

    def check_old_premises(self, check):
        self.assertTrue(check.decision)
        charged = self.env["contract.line"].search_count([])
        action = check.with_user(self.clerk).action_repair()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("alarm.subscriber", self.subscriber.id)
        )
        self.assertEqual(self.env["contract.line"].search_count([]), charged)

    def test_who_was_taken_over_is_not_charged_beside_the_new_customer(self):
        contract = self.run_uptodate()
        heir = self.heir_of(self.subscriber)
        self.bring_to(heir, "active")
        contract._action_change("take_over", TODAY, to_partner_id=heir.partner_id.id)
        check = self.only("not_billed", "taken_over")
        self.assertEqual(check.contract_id, contract)
        self.check_old_premises(check)
        # Found before the take-over.
        check.sudo().reason = "ended"
        with self.assertRaisesRegex(UserError, "New Owner"), self.env.cr.savepoint():
            check.with_user(self.clerk).action_repair()
        self.subscriber.action_terminate()
        self.assertFalse(self.found())

    def test_old_premises_whose_heir_has_a_contract_of_his_own_are_not_charged_again(self):
        other = self.make_panel("7002").subscriber_id
        contract = self.run_uptodate(
            self.fee(subscriber_id=self.subscriber.id),
            self.fee(subscriber_id=other.id),
            subscriber_ids=[Command.set((self.subscriber | other).ids)],
        )
        heir = self.heir_of(self.subscriber)
        fee = contract.contract_line_ids.filtered(lambda one: one.subscriber_id == self.subscriber)
        fee.date_end = TODAY - timedelta(days=1)
        # Nobody has moved in yet.
        check = self.only("not_billed", "ended")
        self.bring_to(heir, "active")
        with self.assertRaisesRegex(UserError, "New Owner"), self.env.cr.savepoint():
            check.with_user(self.clerk).action_repair()
        reasons = {(key[2], key[1]) for key in self.found()}
        self.assertEqual(reasons, {("Site 7001", "taken_over")})
        self.check_old_premises(check)

    def test_one_of_two_contracts_is_enough(self):
        self.run_uptodate()
        self.make_contract()
        ended = self.run_uptodate()
        ended._write_by_verb({"alarm_state": "ended"})
        self.assertFalse(self.found())

    def test_what_a_carrier_bills_is_billed(self):
        self.run_contract(
            self.fee(product=self.maintenance), start=TODAY, biller="carrier"
        )._charge(TODAY)
        self.assertFalse(self.found())

    def test_what_is_due_and_not_invoiced_is_charged_by_one_click(self):
        contract = self.run_contract(start=BEFORE)
        check = self.only("not_billed", "behind")
        self.assertEqual(check.since, BEFORE)
        check.with_user(self.clerk).action_repair()
        self.assertTrue(contract.charge_ids)
        self.assertFalse(self.found())

    def give_back(self, invoice, reason=False):
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id, "date": TODAY, "reason": reason})
        )
        wizard.reverse_moves()
        wizard.new_move_ids.action_post()
        return wizard.new_move_ids

    def test_what_is_credited_for_no_reason_is_found_until_it_is_charged_again(self):
        for credit in (
            lambda invoice: (invoice.button_draft(), invoice.button_cancel()),
            self.give_back,
        ):
            with self.subTest(credit=credit), self.env.cr.savepoint() as savepoint:
                contract = self.run_uptodate()
                invoices = contract.charge_ids.move_id.sorted("id")
                credit(invoices[-1])
                check = self.only("not_billed", "credited")
                self.assertEqual(check.contract_id, contract)
                self.assertTrue(check.decision)
                action = check.with_user(self.clerk).action_repair()
                charges = self.env[action["res_model"]].search(action["domain"])
                self.assertEqual(charges.move_id, invoices[-1])
                charges.with_user(self.clerk).action_charge_again()
                self.assertFalse(self.found())
                owed = sum(charges.mapped("amount"))
                self.assertAlmostEqual(contract._charge(TODAY).amount_total, owed)
                self.assertFalse(self.found())
                savepoint.rollback()
                self.env.invalidate_all()

    def test_what_is_credited_for_a_reason_is_not_found(self):
        contract = self.run_uptodate()
        invoice = contract.charge_ids.move_id.sorted("id")[-1]
        self.give_back(invoice, reason="The line was down")
        self.assertEqual(set(invoice.alarm_charge_ids.mapped("state")), {"credited"})
        self.assertFalse(self.found())

    def test_what_is_credited_and_not_owed_is_exempt(self):
        contract = self.run_uptodate()
        invoice = contract.charge_ids.move_id.sorted("id")[-1]
        invoice.button_draft()
        invoice.button_cancel()
        check = self.only("not_billed", "credited")
        check.with_user(self.clerk)._exempt(TODAY, "agreed with the customer")
        self.assertEqual(check.state, "exempt")

    def test_a_deposit_that_was_cancelled_is_no_matter_once_the_customer_leaves(self):
        contract = self.run_contract(deposit_amount=100.0, start=BEFORE)
        invoice = contract._charge(BEFORE)
        contract._charge(TODAY)
        invoice.button_draft()
        invoice.button_cancel()
        invoice.alarm_charge_ids.filtered(
            lambda charge: charge.kind == "recurring"
        ).action_charge_again()
        self.only("not_billed", "credited")
        contract._write_by_verb({"alarm_state": "notice"})
        self.assertFalse(self.found())

    def test_one_click_is_enough_for_all_that_needs_no_person(self):
        """The next day nothing is found any more, and nothing is charged twice."""
        tomorrow = TODAY + timedelta(days=1)

        def waiting(contract):
            contract.contract_line_ids.waiting = True

        def ended(contract):
            contract.contract_line_ids.date_end = TODAY - timedelta(days=10)

        def behind(contract):
            return None

        for reason in (waiting, ended, behind):
            with self.subTest(reason=reason.__name__), self.env.cr.savepoint() as savepoint:
                contract = self.run_contract(self.fee(), start=BEFORE)
                reason(contract)
                check = self.only("not_billed", reason.__name__)
                self.assertFalse(check.decision)
                check.with_user(self.clerk).action_repair()
                contract._charge(tomorrow)
                self.assertFalse(self.found(tomorrow))
                spans = sorted(
                    (charge.period_start, charge.period_end) for charge in contract.charge_ids
                )
                for (_start, end), (start, _end) in zip(spans, spans[1:], strict=False):
                    self.assertGreater(start, end)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_every_reason_is_repaired_or_says_why_a_person_decides(self):
        check = self.only("not_billed", "no_contract")
        by_click = {
            "no_line", "ended", "not_started", "waiting", "behind", "not_live", "terminated"
        }  # fmt: skip
        line = self.run_contract(start=TODAY).contract_line_ids
        check.contract_line_id = line
        for reason, _label in check._fields["reason"].selection:
            check.reason = reason
            self.assertTrue(check.repair, reason)
            self.assertEqual(not check.decision, reason in by_click, reason)

    def test_who_is_not_active_needs_no_contract(self):
        for number, state in enumerate(("draft", "commissioning", "suspended", "terminated")):
            self.make_panel(f"800{number}", state).subscriber_id.name = "Site 7003"
        self.run_uptodate()
        self.assertFalse(self.found())

    # Billed but not monitored

    def test_terminated_site_with_a_fee_of_its_own_is_ended_by_one_click(self):
        other = self.make_panel("7002").subscriber_id
        contract = self.run_uptodate(
            self.fee(subscriber_id=self.subscriber.id),
            self.fee(subscriber_id=other.id),
            subscriber_ids=[Command.set((self.subscriber | other).ids)],
        )
        other.action_terminate()
        check = self.only("not_monitored", "terminated")
        line = contract.contract_line_ids.filtered(lambda one: one.subscriber_id == other)
        self.assertEqual((check.subscriber_id, check.contract_line_id), (other, line))
        check.with_user(self.clerk).action_repair()
        self.assertEqual((line.date_end, line.end_cause), (TODAY, "drop"))
        credits = contract.charge_ids.filtered(lambda charge: charge.amount < 0)
        self.assertEqual(credits.contract_line_id, line)
        self.assertEqual(credits.period_start, TODAY + timedelta(days=1))
        self.assertEqual(line.last_date_invoiced, TODAY)
        tomorrow = TODAY + timedelta(days=1)
        contract._charge(tomorrow)
        self.assertFalse(self.found(tomorrow))

    def test_all_fees_of_a_terminated_site_end_by_one_click(self):
        other = self.make_panel("7002").subscriber_id
        contract = self.run_uptodate(
            self.fee(subscriber_id=self.subscriber.id),
            self.fee(subscriber_id=other.id),
            self.fee(30.0, subscriber_id=other.id),
            subscriber_ids=[Command.set((self.subscriber | other).ids)],
        )
        other.action_terminate()
        check = list(self.found().values())[0]
        check.with_user(self.clerk).action_repair()
        lines = contract.contract_line_ids.filtered(lambda one: one.subscriber_id == other)
        self.assertEqual(lines.mapped("date_end"), [TODAY, TODAY])
        tomorrow = TODAY + timedelta(days=1)
        contract._charge(tomorrow)
        self.assertFalse(self.found(tomorrow))

    def test_terminated_site_of_a_shared_fee_leaves_the_contract_and_its_price_is_agreed(self):
        other = self.make_panel("7002").subscriber_id
        contract = self.run_uptodate(subscriber_ids=[Command.set((self.subscriber | other).ids)])
        other.action_terminate()
        check = self.only("not_monitored", "terminated")
        self.assertTrue(check.decision)
        action = check.with_user(self.clerk).action_repair()
        self.assertEqual(action["res_id"], contract.id)
        self.assertFalse(self.found())

    def test_suspended_site_of_a_fee_for_all_sites(self):
        other = self.make_panel("7002").subscriber_id
        self.run_uptodate(subscriber_ids=[Command.set((self.subscriber | other).ids)])
        self.assertFalse(self.found())
        other.action_suspend()
        check = self.only("not_monitored", "suspended")
        self.assertEqual((check.subscriber_id, check.contract_line_id.id), (other, False))

    def test_counted_fees_leave_out_who_is_terminated_by_themselves(self):
        other = self.make_panel("7002").subscriber_id
        self.run_uptodate(
            self.fee(charge_kind="per_zone"),
            subscriber_ids=[Command.set((self.subscriber | other).ids)],
        )
        other.action_terminate()
        self.assertFalse(self.found())

    def test_site_that_is_not_live_yet(self):
        other = self.make_panel("7002", "draft").subscriber_id
        contract = self.run_contract(
            self.fee(subscriber_id=self.subscriber.id),
            self.fee(subscriber_id=other.id, begins="signature"),
            start=TODAY,
            subscriber_ids=[Command.set((self.subscriber | other).ids)],
        )
        check = self.only("not_monitored", "not_live")
        self.assertEqual(check.subscriber_id, other)
        check.with_user(self.clerk).action_repair()
        line = contract.contract_line_ids.filtered(lambda one: one.subscriber_id == other)
        self.assertTrue(line.waiting)
        contract._action_start(TODAY, other)
        self.assertEqual((line.waiting, line.date_start), (False, TODAY))

    def test_who_is_log_only_because_of_fees_goes_on_paying(self):
        contract = self.run_uptodate()
        contract._charge(TODAY)
        step = self.env["alarm.dunning.step"].create(
            {
                "contract_id": contract.id,
                "level_id": self.env["alarm.dunning.level"].search([], limit=1).id,
                "action": "log_only",
                "on": TODAY,
            }
        )
        self.env["alarm.dunning.switch"].create(
            {"step_id": step.id, "subscriber_id": self.subscriber.id, "state": "on"}
        )
        self.subscriber._suspend_because("fees")
        self.assertFalse(self.found())

    def test_contract_of_devices_without_a_panel_is_in_order_until_they_are_gone(self):
        self.run_uptodate()
        device = self.env["alarm.device"].create({"product_id": self.setup_service.id})
        contract = self.run_uptodate(
            subscriber_ids=[Command.clear()], device_ids=[Command.set(device.ids)]
        )
        self.assertFalse(self.found())
        device.state = "lost"
        self.assertEqual(self.only("not_monitored", "devices_gone").contract_id, contract)

    def test_contract_of_nothing(self):
        self.run_uptodate()
        self.run_uptodate(subscriber_ids=[Command.clear()])
        self.only("not_monitored", "no_site")

    def test_the_same_site_under_two_contracts_is_found_for_each(self):
        first, second = self.run_uptodate(), self.run_uptodate()
        self.subscriber.action_suspend()
        checks = self.env["alarm.billing.check"]._check(TODAY)
        mine = checks.filtered(lambda one: one.contract_id in first | second)
        self.assertEqual(mine.contract_id, first | second)

    # Tolerance, exemption, the number

    def test_number_counts_after_the_tolerance_and_without_exemptions(self):
        figures = self.env["alarm.billing.check"]._figures
        self.subscriber.company_id.billing_tolerance = 3
        check = self.only("not_billed", "no_contract")
        self.assertEqual(check.due_on, check.since + timedelta(days=3))
        before = figures()
        check.due_on = TODAY
        self.assertEqual(figures()["coming"], before["coming"] - 1)
        self.assertEqual(figures()["not_billed"], before["not_billed"] + 1)
        check.with_user(self.clerk)._exempt(TODAY, "our own office")
        self.assertEqual(figures()["not_billed"], before["not_billed"])
        self.assertEqual(figures()["exempt"], before["exempt"] + 1)
        self.env["alarm.billing.check"]._check(TODAY + timedelta(days=1))
        self.assertEqual(check.state, "open")
        self.assertFalse(check.exempt_reason)

    def test_what_is_repaired_is_solved_and_stays_on_record(self):
        check = self.only("not_billed", "no_contract")
        self.run_uptodate()
        self.assertFalse(self.found())
        self.assertEqual((check.state, check.solved_on), ("solved", TODAY))
        with self.assertRaises(UserError):
            check.action_repair()

    def test_found_again_keeps_its_first_day_and_learns_the_new_reason(self):
        contract = self.run_uptodate()
        self.subscriber.action_suspend()
        first = self.only("not_monitored", "suspended", TODAY - timedelta(days=5))
        self.subscriber.action_terminate()
        again = self.only("not_monitored", "terminated")
        self.assertEqual(again, first)
        self.assertEqual(again.since, TODAY - timedelta(days=5))
        self.assertEqual(again.contract_id, contract)

    def test_exemption_needs_a_reason_and_an_end(self):
        check = self.only("not_billed", "no_contract").with_user(self.clerk)
        with self.assertRaises(UserError):
            check._exempt(TODAY, "  ")
        with self.assertRaises(UserError):
            check._exempt(TODAY - timedelta(days=1), "x")
        with self.assertRaises(UserError):
            check.write({"state": "solved"})
        with self.assertRaises(AccessError):
            check.with_user(self.accountant).action_repair()
        with self.assertRaises(AccessError):
            check.with_user(self.dispatcher).read(["reason"])

    def test_nothing_is_known_before_the_first_check(self):
        other = self.env["res.company"].create({"name": "Other"})
        checks = self.env["alarm.billing.check"].with_context(allowed_company_ids=other.ids)
        self.assertFalse(checks._figures()["checked_at"])
        self.assertIn("Not checked yet", checks.get_empty_list_help("<p>All is well</p>"))
        checks._check(TODAY)
        self.assertTrue(checks._figures()["checked_at"])
        self.assertIn("All is well", checks.get_empty_list_help("<p>All is well</p>"))
        # One company that was never looked at is enough.
        new = self.env["res.company"].create({"name": "New"})
        both = checks.with_context(allowed_company_ids=(other | new).ids)
        self.assertFalse(both._figures()["checked_at"])

    def test_that_the_nightly_check_failed_is_said(self):
        checks = self.env["alarm.billing.check"]
        checks._check(TODAY)
        self.assertFalse(checks._figures()["late"])
        self.env.companies.billing_checked_at = fields.Datetime.now() - timedelta(days=2)
        self.assertTrue(checks._figures()["late"])
        self.assertIn("failed", checks.get_empty_list_help(""))

    def test_empty_list_says_nothing_to_who_may_not_see_it(self):
        with self.assertRaises(AccessError):
            self.env["alarm.billing.check"].with_user(self.dispatcher).get_empty_list_help("")

    def test_the_check_takes_the_same_statements_for_many(self):
        check = self.env["alarm.billing.check"]
        check._check(TODAY)
        for number in range(10):
            self.make_panel(f"81{number:02}")
        self.env.flush_all()
        with self.assertQueryCount(6):
            check._check(TODAY)

    def test_another_company_is_not_looked_at(self):
        other = self.env["res.company"].create({"name": "Other"})
        checks = self.env["alarm.billing.check"].with_context(allowed_company_ids=other.ids)
        self.assertFalse(checks._check(date.today()))
