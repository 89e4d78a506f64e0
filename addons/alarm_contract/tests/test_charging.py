from datetime import date

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ContractCase


@tagged("post_install", "-at_install")
class TestCharging(ContractCase):
    def test_a_period_is_charged_once(self):
        contract = self.run_contract()
        moves = contract._charge(date(2026, 1, 1))
        self.assertEqual(self.amounts(moves), [("Test Monitoring", 100.0)])
        self.assertEqual(moves.state, "posted")
        self.assertEqual(moves.invoice_date, date(2026, 1, 1))
        self.assertEqual(contract.charge_ids.move_line_id, moves.invoice_line_ids)
        self.assertEqual(contract.recurring_next_date, date(2026, 2, 1))
        self.assertFalse(contract._charge(date(2026, 1, 31)))

    def test_what_was_missed_is_made_good_period_by_period(self):
        contract = self.run_contract(self.fee(period_months=3))
        moves = contract._charge(date(2026, 8, 1))
        self.assertEqual(len(moves), 1)
        self.assertEqual(
            contract.charge_ids.sorted("period_start").mapped("period_end"),
            [date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30)],
        )

    def test_the_end_of_a_month_is_kept(self):
        contract = self.run_contract(start=date(2026, 1, 31))
        contract._charge(date(2026, 4, 30))
        self.assertEqual(
            contract.charge_ids.sorted("period_start").mapped("period_start"),
            [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)],
        )
        self.assertEqual(contract.recurring_next_date, date(2026, 5, 31))

    def test_two_years_in_advance(self):
        contract = self.run_contract(self.fee(2400.0, period_months=24))
        contract._charge(date(2026, 1, 1))
        self.assertEqual(contract.charge_ids.period_end, date(2027, 12, 31))
        self.assertEqual(contract.contract_line_ids.monthly_amount, 100.0)

    def test_arrears_are_invoiced_when_the_period_is_over(self):
        contract = self.run_contract(self.fee(recurring_invoicing_type="post-paid"))
        self.assertFalse(contract._charge(date(2026, 1, 31)))
        self.assertTrue(contract._charge(date(2026, 2, 1)))

    def test_what_ended_still_owes_its_last_arrears(self):
        contract = self.run_contract(self.fee(310.0, recurring_invoicing_type="post-paid"))
        contract.contract_line_ids.date_end = date(2026, 1, 10)
        contract._transition("end")
        moves = contract._charge(date(2026, 1, 11))
        self.assertEqual(moves.amount_total, 100.0)
        self.assertFalse(contract._charge(date(2026, 12, 31)))

    def test_the_day_of_invoice_cuts_the_periods(self):
        contract = self.run_contract(self.fee(300.0), start=date(2026, 4, 21), invoice_day=1)
        moves = contract._charge(date(2026, 5, 1))
        self.assertEqual(
            self.amounts(moves), [("Test Monitoring", 100.0), ("Test Monitoring", 300.0)]
        )
        self.assertIn("10 of 30 days", moves.invoice_line_ids[0].name)

    def test_a_free_part_is_dealt_with_without_an_invoice(self):
        contract = self.run_contract(
            self.fee(part_period="free"), start=date(2026, 4, 21), invoice_day=1
        )
        self.assertFalse(contract._charge(date(2026, 4, 21)))
        self.assertEqual(contract.charge_ids.state, "waived")
        self.assertEqual(contract.recurring_next_date, date(2026, 5, 1))

    def test_a_discount_ends_in_the_middle_of_a_period(self):
        contract = self.run_contract(self.fee(310.0, discount=50, discount_until=date(2026, 1, 10)))
        first = contract._charge(date(2026, 1, 1))
        self.assertEqual(first.amount_total, 260.0)
        self.assertIn("50 % discount until", first.invoice_line_ids.name)
        second = contract._charge(date(2026, 2, 1))
        self.assertEqual(second.amount_total, 310.0)

    def test_once_is_once(self):
        contract = self.run_contract(
            self.fee(500.0, product=self.setup_service, charge_kind="one_off", period_months=12)
        )
        self.assertEqual(contract._charge(date(2026, 1, 1)).amount_total, 500.0)
        self.assertFalse(contract._charge(date(2028, 1, 1)))

    def test_a_deposit_is_owed_to_the_customer(self):
        self.model.deposit_months = 2
        contract = self.run_contract()
        line = contract._charge(date(2026, 1, 1)).invoice_line_ids.filtered(
            lambda line: line.name == "Deposit"
        )
        self.assertEqual(line.price_subtotal, 200.0)
        self.assertFalse(line.tax_ids)
        self.assertEqual(line.account_id, self.company.alarm_deposit_account_id)
        self.assertEqual(line.account_id.account_type, "liability_current")

    def test_a_carrier_may_pay(self):
        carrier = self.env["res.partner"].create({"name": "Test Carrier"})
        contract = self.run_contract(invoice_partner_id=carrier.id)
        self.assertEqual(contract._charge(date(2026, 1, 1)).partner_id, carrier)

    def test_an_invoice_speaks_the_language_of_who_pays(self):
        payer = self.env["res.partner"].create({"name": "Test Payer", "lang": "zh_CN"})
        contract = self.run_contract(self.fee(charge_kind="per_zone"), invoice_partner_id=payer.id)
        self.assertIn("防区", contract._charge(date(2026, 1, 1)).invoice_line_ids.name)
        self.assertIn("防区", contract.charge_ids.counted)

    def test_the_payment_terms_are_the_contracts_else_the_payers_else_the_companys(self):
        terms = self.env["account.payment.term"].create(
            [{"name": f"Test {number}"} for number in range(3)]
        )
        payer = self.env["res.partner"].create({"name": "Test Payer"})
        self.env["ir.default"].set("res.partner", "property_payment_term_id", terms[2].id)
        self.env.invalidate_all()
        contract = self.run_contract(invoice_partner_id=payer.id)
        for month, term in enumerate(reversed(terms), 1):
            if term == terms[1]:
                payer.property_payment_term_id = term
            elif term == terms[0]:
                contract.payment_term_id = term
            move = contract._charge(date(2026, month, 1))
            self.assertEqual(move.invoice_payment_term_id, term)

    def test_what_still_charges_is_not_archived(self):
        contract = self.run_contract(self.fee(recurring_invoicing_type="post-paid"))
        with self.assertRaisesRegex(UserError, "is Running"):
            contract.active = False
        contract.contract_line_ids.date_end = date(2026, 1, 10)
        contract._transition("end")
        with self.assertRaisesRegex(UserError, f"{contract.code}.* is Ended"):
            contract.action_archive()
        contract._charge(date(2026, 1, 11))
        contract.action_archive()
        self.assertFalse(contract.active)
        self.make_contract().action_archive()

    def test_a_copy_is_a_draft_without_what_became_of_the_first(self):
        contract = self.run_contract()
        contract._charge(date(2026, 1, 1))
        copy = contract.copy()
        self.assertEqual(copy.alarm_state, "draft")
        for name in ("charge_ids", "revenue_movement_ids", "change_ids", "cancellation_ids"):
            self.assertFalse(copy[name])
        line = copy.contract_line_ids
        self.assertEqual(len(line), 1)
        self.assertFalse(line.last_date_invoiced)
        self.assertFalse(line.predecessor_contract_line_id | line.successor_contract_line_id)
        self.assertTrue(line.waiting)

    def test_a_payer_gets_one_invoice_for_all_contracts(self):
        contracts = self.run_contract(invoice_grouping="customer")
        contracts |= self.run_contract(self.fee(50.0), invoice_grouping="customer")
        contracts |= self.run_contract(self.fee(7.0))
        moves = contracts._charge(date(2026, 1, 1))
        self.assertEqual(sorted(moves.mapped("amount_total")), [7.0, 150.0])

    def test_each_site_gets_its_own_invoice(self):
        other = self.make_panel("7002").subscriber_id
        contract = self.run_contract(
            self.fee(subscriber_id=self.subscriber.id),
            self.fee(50.0, subscriber_id=other.id),
            subscriber_ids=[(6, 0, (self.subscriber | other).ids)],
            invoice_grouping="site",
        )
        moves = contract._charge(date(2026, 1, 1))
        self.assertEqual(sorted(moves.mapped("amount_total")), [50.0, 100.0])

    def test_what_belongs_to_no_site_is_on_the_invoice_of_the_first(self):
        other = self.make_panel("7002").subscriber_id
        contract = self.run_contract(
            self.fee(7.0),
            self.fee(100.0, subscriber_id=self.subscriber.id),
            self.fee(50.0, subscriber_id=other.id),
            subscriber_ids=[(6, 0, (self.subscriber | other).ids)],
            invoice_grouping="site",
        )
        first = contract.subscriber_ids[0]
        expected = [57.0, 100.0] if first == other else [50.0, 107.0]
        self.assertEqual(
            sorted(contract._charge(date(2026, 1, 1)).mapped("amount_total")), expected
        )

    def test_without_a_site_in_the_run_it_is_an_invoice_of_its_own(self):
        contract = self.run_contract(self.fee(7.0), invoice_grouping="site")
        self.assertEqual(contract._charge(date(2026, 1, 1)).amount_total, 7.0)

    def test_one_invoice_for_several_sites(self):
        other = self.make_panel("7002").subscriber_id
        contract = self.run_contract(
            self.fee(subscriber_id=self.subscriber.id),
            self.fee(50.0, subscriber_id=other.id),
            subscriber_ids=[(6, 0, (self.subscriber | other).ids)],
        )
        self.assertEqual(contract._charge(date(2026, 1, 1)).amount_total, 150.0)

    def test_the_database_refuses_the_same_period_twice(self):
        contract = self.run_contract()
        values = contract._prepare_charges(date(2026, 1, 1))
        self.env["alarm.charge"].create(values)
        with mute_logger("odoo.sql_db"), self.assertRaisesRegex(Exception, "period_uniq"):
            self.env["alarm.charge"].create(values)

    def test_the_same_source_is_charged_once(self):
        contract = self.run_contract()
        values = {
            "contract_id": contract.id,
            "kind": "attendance",
            "name": "Attendance",
            "amount": 80.0,
            "source_ref": "test:1",
        }
        charge = self.env["alarm.charge"]._add([values])
        self.assertEqual(charge.state, "chargeable")
        self.assertFalse(self.env["alarm.charge"]._add([values]))
        moves = contract._charge(fields.Date.today())
        self.assertIn(("Attendance", 80.0), self.amounts(moves))
        self.assertEqual(charge.state, "charged")

    def test_what_was_charged_stays(self):
        contract = self.run_contract()
        contract._charge(date(2026, 1, 1))
        charge = contract.charge_ids
        with self.assertRaises(UserError):
            charge.amount = 1.0
        with self.assertRaises(UserError):
            charge.unlink()
        with self.assertRaises(UserError):
            charge._waive("No.")

    def test_a_charge_is_not_marked_past_its_verbs(self):
        contract = self.run_contract()
        [values] = contract._prepare_charges(date(2026, 1, 1))
        moves = contract._charge(date(2026, 1, 1))
        charges = self.env["alarm.charge"].with_user(self.clerk)
        for forged in (
            {"state": "waived", "waive_reason": "Mine"},
            {"state": "charged", "move_line_id": moves.invoice_line_ids.id},
            {"move_id": moves.id},
        ):
            with self.assertRaises(UserError):
                charges.create({**values, "period_start": date(2030, 1, 1), **forged})
        with self.assertRaises(UserError):
            charges.create({**values, "period_start": date(2030, 1, 1)})
        [open_one] = charges.with_context(
            default_state="waived", default_waive_reason="Mine"
        )._make([{**values, "period_start": date(2030, 1, 1)}])
        self.assertEqual(open_one.state, "chargeable")
        for typed in ({"amount": 1.0}, {"unit_price": 1.0}, {"source_ref": "mine:1"}):
            with self.assertRaises(UserError):
                open_one.write(typed)
        with self.assertRaises(UserError):
            open_one.write({"state": "waived", "waive_reason": "Mine"})

    def test_what_was_credited_can_be_charged_again(self):
        contract = self.run_contract()
        invoice = contract._charge(date(2026, 1, 1))
        charge = contract.charge_ids
        with self.assertRaises(UserError):
            charge.action_charge_again()
        invoice._reverse_moves([{"invoice_date": date(2026, 1, 2)}])._post()
        self.assertEqual(charge.state, "credited")
        self.assertFalse(contract._charge(date(2026, 1, 31)))
        charge.action_charge_again()
        again = contract._charge(fields.Date.today())
        self.assertIn(charge.period_start, again.alarm_charge_ids.mapped("period_start"))

    def charge_again(self, invoice):
        charge = invoice.alarm_charge_ids
        invoice._reverse_moves([{"invoice_date": date(2026, 1, 2)}])._post()
        self.env.flush_all()
        charge.action_charge_again()
        return charge.contract_id._charge(fields.Date.today())

    def test_a_credit_that_is_charged_again_is_given_once(self):
        contract = self.run_contract(self.fee(365.0, period_months=12))
        contract._charge(date(2026, 1, 1))
        line, charges = contract.contract_line_ids, self.env["alarm.charge"]
        july, june = date(2026, 7, 1), date(2026, 6, 1)
        credit = charges._add(line._get_unused(july))
        self.assertEqual(credit.amount, -184.0)
        credit._invoice(july).button_cancel()
        self.assertEqual(credit.state, "credited")
        self.assertEqual(sum(values["amount"] for values in line._get_unused(june)), -214.0)
        credit.action_charge_again()
        self.assertEqual(sum(values["amount"] for values in line._get_unused(june)), -30.0)
        with self.assertRaisesRegex(UserError, "already"):
            credit.action_charge_again()

    def test_a_credit_that_came_to_nothing_is_given_anew_and_then_not_again(self):
        contract = self.run_contract(self.fee(365.0, period_months=12))
        contract._charge(date(2026, 1, 1))
        line, charges = contract.contract_line_ids, self.env["alarm.charge"]
        july = date(2026, 7, 1)
        credit = charges._add(line._get_unused(july))
        credit._invoice(july).button_cancel()
        self.assertEqual(charges._add(line._get_unused(july)).amount, -184.0)
        self.assertFalse(line._get_unused(july))
        with self.assertRaisesRegex(UserError, "already"):
            credit.action_charge_again()

    def test_what_was_given_back_stays_so_when_the_fee_is_charged_again(self):
        contract = self.run_contract(self.fee(365.0, period_months=12))
        invoice = contract._charge(date(2026, 1, 1))
        line, charges = contract.contract_line_ids, self.env["alarm.charge"]
        charges._add(line._get_unused(date(2026, 7, 1)))._invoice(date(2026, 7, 1))
        invoice.button_cancel()
        invoice.alarm_charge_ids.action_charge_again()
        contract._get_open_charges(fields.Date.today())._invoice(fields.Date.today())
        self.assertFalse(line._get_unused(date(2026, 7, 1)))

    def test_an_old_charge_that_is_charged_again_sets_no_line_back(self):
        contract = self.run_contract()
        invoice = contract._charge(date(2026, 1, 1))
        contract._charge(fields.Date.today())
        line = contract.contract_line_ids
        charged = line.last_date_invoiced
        self.assertGreater(charged, date(2026, 1, 31))
        self.assertTrue(self.charge_again(invoice))
        self.assertEqual(line.last_date_invoiced, charged)
        self.assertFalse(contract._charge(fields.Date.today()))

    def test_what_ended_since_is_not_marked_beyond_its_end(self):
        contract = self.run_contract()
        invoice = contract._charge(date(2026, 1, 1))
        line = contract.contract_line_ids
        line._stop_before(date(2026, 1, 11), "cancel")
        self.assertTrue(self.charge_again(invoice))
        self.assertEqual(line.last_date_invoiced, date(2026, 1, 10))

    def test_a_part_that_was_given_back_leaves_the_rest_charged(self):
        contract = self.run_contract(self.fee(), self.fee(50.0))
        invoice = contract._charge(date(2026, 1, 1))
        refund = invoice._reverse_moves([{"invoice_date": date(2026, 1, 2)}])
        refund.invoice_line_ids[1].unlink()
        refund._post()
        self.assertEqual(set(contract.charge_ids.mapped("state")), {"charged"})

    def test_an_invoice_of_charges_is_cancelled_not_deleted(self):
        contract = self.run_contract()
        invoice = contract._charge(date(2026, 1, 1))
        invoice.button_draft()
        with self.assertRaisesRegex(UserError, "not deleted"):
            invoice.with_context(force_delete=True).unlink()
        with self.assertRaisesRegex(UserError, "not deleted"):
            invoice.invoice_line_ids.unlink()
        invoice.button_cancel()
        self.assertEqual(contract.charge_ids.state, "credited")

    def test_plain_jobs_and_buttons_do_not_charge_again(self):
        contract = self.run_contract()
        contract._charge(date(2026, 1, 1))
        before = contract.invoice_count
        self.env["contract.contract"].cron_recurring_create_invoice(date(2026, 1, 31))
        self.assertEqual(contract.invoice_count, before)
        self.assertNotIn(
            contract,
            contract.search(contract._get_contracts_to_invoice_domain(date(2027, 1, 1))),
        )
        moves = contract.recurring_create_invoice()
        self.assertEqual(moves.state, "posted")
        self.assertEqual(len(contract.charge_ids), 2)

    def test_plain_contracts_are_left_to_what_they_had(self):
        contract = self.env["contract.contract"].create(
            {
                "name": "Plain",
                "partner_id": self.customer.id,
                "line_recurrence": True,
                "contract_line_ids": [
                    self.fee(date_start=date(2026, 1, 1), recurring_next_date=date(2026, 1, 1))
                ],
            }
        )
        self.assertFalse(contract._prepare_charges(date(2026, 1, 1)))
        moves = contract._recurring_create_invoice(date(2026, 1, 1))
        self.assertEqual(moves.state, "draft")
        self.assertEqual(contract.contract_line_ids.recurring_next_date, date(2026, 2, 1))

    def test_the_number_of_queries_does_not_grow_with_the_contracts(self):
        def charges(number):
            contracts = self.env["contract.contract"].concat(
                *(
                    self.run_contract(self.fee(), self.fee(charge_kind="per_zone"))
                    for _ in range(number)
                )
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            values = contracts._prepare_charges(date(2026, 1, 1))
            self.assertEqual(len(values), 2 * number)
            return self.env.cr.sql_log_count - before

        charges(2)
        self.assertEqual(charges(3), charges(30))

    def test_an_invoice_says_nothing_in_its_history(self):
        moves = self.run_contract()._charge(date(2026, 1, 1))
        self.assertFalse(
            moves.message_ids.filtered(lambda message: self.customer in message.partner_ids)
        )
