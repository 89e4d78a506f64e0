from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.alarm_contract.tests.common import make_service
from odoo.addons.alarm_contract.tests.test_changes import reason_of
from odoo.addons.alarm_contract.tools.exit_fee import exit_fee

from .common import SettlementCase


@tagged("post_install", "-at_install")
class TestCarrierFile(SettlementCase):
    def carried(self, *lines, price=30.0, **values):
        """A contract of which the carrier collects 30 a month, in arrears."""
        return self.run_contract(
            self.fee(price, recurring_invoicing_type="post-paid"),
            *lines,
            **{
                "invoice_partner_id": self.carrier.id,
                "counterparty_id": self.carrier.id,
                "payer": "carrier",
                "biller": "carrier",
                "subscriber_ids": [Command.clear()],
                **values,
            },
        )

    def gone(self):
        """One that ended before the period and owes nothing."""
        contract = self.carried(start=date(2025, 12, 1))
        contract.contract_line_ids.date_end = date(2025, 12, 31)
        contract._charge(date(2026, 1, 1))
        contract.charge_ids._waive("A test")
        contract._transition("end")
        return contract

    def rows(self, *rows):
        return "合同编号,结算金额\n" + "".join(f"{code},{amount}\n" for code, amount in rows)

    def types(self, file):
        return [(line.type, line.contract_id, line.expected, line.found) for line in file.line_ids]

    def test_a_file_that_is_not_saved_has_no_name(self):
        files = self.env["alarm.carrier.file"]
        new = files.onchange({}, [], {"name": {}, "display_name": {}})["value"]
        self.assertFalse(new["display_name"])

    def test_fees_that_a_carrier_collects_wait_for_its_file(self):
        contract = self.carried(self.fee(240.0, charge_kind="one_off"))
        bill = self.env["contract.contract"]._get_ids_to_bill
        self.assertIn(contract.id, bill(self.company, date(2026, 2, 1)))
        self.assertEqual(contract._charge(date(2026, 2, 1)).amount_untaxed, 240)
        contract.invalidate_recordset(["is_due"])
        self.assertFalse(contract.is_due)
        self.assertNotIn(contract.id, bill(self.company, date(2026, 2, 1)))
        waiting = contract.charge_ids.filtered(lambda charge: charge.kind == "recurring")
        self.assertEqual(set(waiting.mapped("state")), {"chargeable"})

    def test_what_waits_is_left_out_of_a_run_by_as_many_queries_as_one(self):
        day = date(2026, 2, 1)
        contracts = self.env["contract.contract"]

        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            contracts._get_ids_to_bill(self.company, day)
            return self.env.cr.sql_log_count - before

        self.carried()
        queries()
        one = queries()
        for _number in range(5):
            self.carried()
        self.assertEqual(queries(), one)

    def test_what_agrees_is_one_invoice_to_the_carrier(self):
        contracts = self.carried() | self.carried(price=45.5)
        file = self.file(self.rows((contracts[0].code, 30), (contracts[1].code, "45.50")))
        file.action_compare()
        self.assertEqual((file.matched_count, file.mismatch_count), (2, 0))
        file.with_user(self.clerk).action_invoice()
        self.assertEqual(len(file.move_ids), 1)
        self.assertEqual(file.move_ids.partner_id, self.carrier)
        self.check_entry(file.move_ids, asset_receivable=75.5, income=-75.5)
        self.assertEqual(contracts.charge_ids.mapped("state"), ["charged", "charged"])
        self.assertEqual(file.invoiced_amount, 75.5)

    def test_what_customers_pay_by_the_carrier_is_invoiced_to_the_carrier(self):
        others = self.env["res.partner"].create([{"name": name} for name in ("Ada", "Bob")])
        contracts = self.carried() | self.carried()
        for contract, partner in zip(contracts, others, strict=True):
            contract._write_by_verb({"invoice_partner_id": partner.id})
        file = self.file(self.rows((contracts[0].code, 30), (contracts[1].code, 29)))
        file.action_compare()
        file.line_ids.filtered(lambda line: line.type == "amount").decision = "carrier"
        file.with_user(self.clerk).action_invoice()
        self.assertEqual(len(file.move_ids), 1)
        self.assertEqual(file.move_ids.partner_id, self.carrier)
        self.check_entry(file.move_ids, asset_receivable=59, income=-59)

    def taxed(self, rate=6.0, **values):
        """A contract of which the fees are taxed."""
        number = self.env["account.tax"].search_count([])
        tax = self.env["account.tax"].create(
            {"name": f"Test {number}: {rate} %", "amount": rate, "type_tax_use": "sale"}
        )
        service = make_service(self, "Taxed", taxes_id=[Command.set(tax.ids)])
        contract = self.carried(**values)
        contract.contract_line_ids.product_id = service
        return contract

    def test_a_file_with_tax_is_compared_with_tax(self):
        agrees, differs = self.taxed(), self.taxed()
        gone = self.taxed(start=date(2025, 12, 1))
        gone.contract_line_ids.date_end = date(2025, 12, 31)
        gone._charge(date(2026, 1, 1))
        gone.charge_ids._waive("A test")
        gone._transition("end")
        file = self.file(
            self.rows((agrees.code, "31.80"), (differs.code, "29.00"), (gone.code, "10.60")),
            amount_basis="gross",
        ).with_user(self.manager)
        file.action_compare()
        self.assertEqual(
            self.types(file),
            [
                ("terminated", gone, 0, 10.6),
                ("amount", differs, 31.8, 29),
                ("matched", agrees, 31.8, 31.8),
            ],
        )
        file.line_ids.filtered(lambda line: line.type != "matched").decision = "carrier"
        file.action_invoice()
        self.assertEqual(file.move_ids.amount_total, 71.4)
        self.assertEqual(file.invoiced_amount, 71.4)
        self.assertEqual(
            sorted(file.move_ids.invoice_line_ids.mapped("price_subtotal")), [-2.64, 10, 30, 30]
        )

    def test_a_file_before_tax_is_compared_before_tax(self):
        contract = self.taxed()
        file = self.file(self.rows((contract.code, 28)))
        file.action_compare()
        self.assertEqual(self.types(file), [("amount", contract, 30, 28)])
        file.line_ids.decision = "carrier"
        file.action_invoice()
        self.assertEqual((file.move_ids.amount_untaxed, file.move_ids.amount_total), (28, 29.68))
        self.assertEqual(file.invoiced_amount, 28)

    def test_another_word_of_tax_compares_again(self):
        contract = self.taxed()
        file = self.file(self.rows((contract.code, "31.80")))
        file.action_compare()
        file.line_ids.decision = "open"
        file.with_user(self.clerk).amount_basis = "gross"
        self.assertEqual(self.types(file), [("matched", contract, 31.8, 31.8)])
        file.amount_basis = "net"
        self.assertEqual(self.types(file), [("amount", contract, 30, 31.8)])
        self.assertFalse(file.line_ids.decision)
        file.amount_basis = "gross"
        file.action_invoice()
        with self.assertRaisesRegex(UserError, "as it was read"):
            file.amount_basis = "net"

    def test_what_is_added_comes_to_the_amount_with_tax(self):
        file = self.file("contract,amount\nX,1\n", amount_basis="gross")
        for rate in (6.0, 9.0, 13.0):
            contract = self.taxed(rate)
            taxes = file._get_taxes(contract, contract.contract_line_ids.product_id)
            for cents in (*range(-300, 300, 7), 10_001, 99_999):
                net = file._take_tax(taxes, cents / 100)
                self.assertLessEqual(abs(file._add_tax(taxes, net) - cents / 100), 0.011)
                again = file._take_tax(taxes, file._add_tax(taxes, net))
                self.assertEqual(file._add_tax(taxes, again), file._add_tax(taxes, net))
        included = self.env["account.tax"].create(
            {"name": "In", "amount": 6.0, "price_include_override": "tax_included"}
        )
        self.assertEqual(file._take_tax(included, 31.8), 31.8)

    def test_subscribers_and_accounts_name_a_contract_too(self):
        contract = self.carried(subscriber_ids=[Command.set(self.subscriber.ids)])
        file = self.file(f"账号,金额\n{self.panel.account},30\n")
        file.action_compare()
        self.assertEqual(self.types(file), [("matched", contract, 30, 30)])

    def test_the_sums_hold_while_rows_are_decided_on_the_screen(self):
        contract = self.carried()
        file = self.file(self.rows((contract.code, 28), ("CT/NONE", 30)) + "合计,58\n")
        file.action_compare()
        with Form(file) as form:
            self.assertEqual((form.mismatch_count, form.undecided_count), (2, 2))
            with form.line_ids.edit(0) as line:
                line.decision = "open"
            self.assertEqual((form.mismatch_count, form.undecided_count), (2, 1))
            self.assertEqual((form.found_amount, form.total_differs), (58, False))

    def test_every_disagreement_is_listed_by_its_type(self):
        agrees, differs, lacks, twice = (self.carried() for _number in range(4))
        gone = self.gone()
        file = self.file(
            self.rows(
                (agrees.code, 30),
                (differs.code, 28),
                ("CT/NONE", 30),
                (gone.code, 30),
                (twice.code, 30),
                (twice.code, 30),
                (agrees.code, "x"),
            )
        )
        file.action_compare()
        self.assertEqual(
            self.types(file),
            [
                ("unreadable", agrees.browse(), 0, 0),
                ("unknown", agrees.browse(), 0, 30),
                ("duplicate", twice, 0, 30),
                ("terminated", gone, 0, 30),
                ("amount", differs, 30, 28),
                ("missing", lacks, 30, 0),
                ("matched", agrees, 30, 30),
                ("matched", twice, 30, 30),
            ],
        )
        self.assertEqual((file.mismatch_count, file.undecided_count), (6, 6))
        with self.assertRaisesRegex(UserError, "6 lines do not agree"):
            file.action_invoice()

    def test_what_is_decided_is_what_is_invoiced(self):
        right, wrong, lacks, waived, later = (self.carried() for _number in range(5))
        file = self.file(self.rows((right.code, 28), (wrong.code, 25), ("CT/NONE", 99)))
        file.action_compare()
        decisions = {
            right: "carrier",
            wrong: "ours",
            lacks: "ours",
            waived: "carrier",
            later: "open",
        }
        for line in file.line_ids:
            line.with_user(self.manager).decision = decisions.get(line.contract_id, "ours")
        file.action_invoice()
        amounts = sorted(file.move_ids.invoice_line_ids.mapped("price_subtotal"))
        self.assertEqual(amounts, [-2, 30, 30, 30])
        self.assertEqual(file.move_ids.amount_untaxed, 88)
        self.assertEqual(waived.charge_ids.state, "waived")
        self.assertIn("Not collected by Test Carrier", waived.charge_ids.waive_reason)
        # What stays open is expected again.
        codes = [one.code for one in right | wrong | lacks | waived]
        following = self.file(
            self.rows(*((code, 30) for code in codes), (later.code, 60)),
            date(2026, 2, 1),
            date(2026, 2, 28),
        )
        following.action_compare()
        self.assertEqual(following.mismatch_count, 0)

    def test_that_the_carrier_is_right_is_a_managers_word(self):
        contract = self.carried()
        file = self.file(self.rows((contract.code, 28))).with_user(self.clerk)
        file.action_compare()
        line = file.line_ids
        for decide in (line.action_follow_carrier, lambda: line.write({"decision": "carrier"})):
            with (
                self.assertRaisesRegex(AccessError, "by a contract manager"),
                self.env.cr.savepoint(),
            ):
                decide()
        line.action_leave_open()
        line.with_user(self.manager).action_follow_carrier()
        self.assertEqual(line.decided_by_id, self.manager)
        # Nor does a clerk undo it.
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            line.action_keep_ours()
        file.action_compare()
        self.assertEqual(file.line_ids.decision, "carrier")
        self.assertEqual(file.line_ids.decided_by_id, self.manager)
        file.action_invoice()
        self.check_entry(file.move_ids, asset_receivable=28, income=-28)

    def test_what_was_decided_holds_for_what_was_seen_only(self):
        contract, other = self.carried(), self.carried()
        file = self.file(self.rows((other.code, 30)))
        file.action_compare()
        file.line_ids.filtered(lambda line: line.contract_id == contract).decision = "carrier"
        # Another month is owed by now.
        contract.contract_line_ids.recurring_invoicing_type = "pre-paid"
        self.env["alarm.charge"]._add(
            [
                {
                    "contract_id": contract.id,
                    "kind": "recurring",
                    "name": "Charged again",
                    "amount": 1000.0,
                    "period_start": date(2025, 12, 1),
                    "period_end": date(2025, 12, 31),
                }
            ]
        )
        file.action_compare()
        missing = file.line_ids.filtered(lambda line: line.contract_id == contract)
        self.assertEqual((missing.expected, missing.decision), (1030, False))

    def test_what_ended_and_is_still_paid_may_be_taken(self):
        gone = self.gone()
        file = self.file(self.rows((gone.code, 30)))
        file.action_compare()
        file.line_ids.decision = "carrier"
        file.action_invoice()
        self.assertEqual(file.move_ids.amount_untaxed, 30)
        self.assertEqual(file.charge_ids.mapped("kind"), ["adjustment"])

    def test_a_row_without_a_contract_is_assigned_or_left(self):
        contract = self.carried()
        file = self.file(self.rows(("OLD-77", 30)))
        file.action_compare()
        unknown = file.line_ids.filtered(lambda line: line.type == "unknown")
        with self.assertRaises(ValidationError):
            unknown.decision = "carrier"
        unknown.write({"assigned_contract_id": contract.id, "note": "its old number"})
        file.action_compare()
        self.assertEqual(self.types(file), [("matched", contract, 30, 30)])
        self.assertEqual(file.line_ids.note, "its old number")

    def test_the_same_file_is_imported_once(self):
        contract = self.carried()
        text = self.rows((contract.code, 30))
        self.file(text)
        for period in (
            (date(2026, 1, 1), date(2026, 1, 31)),
            (date(2026, 2, 1), date(2026, 2, 28)),
        ):
            with self.assertRaisesRegex(UserError, "imported already"), self.env.cr.savepoint():
                self.file(text, *period)
        with self.assertRaisesRegex(UserError, "imported already"), self.env.cr.savepoint():
            self.file(text, same_again=True)
        # Nothing in it names the period: the next month may look the same.
        self.file(text, date(2026, 2, 1), date(2026, 2, 28), same_again=True)

    def test_a_second_file_of_the_period_finds_it_settled(self):
        contract = self.carried()
        first = self.file(self.rows((contract.code, 30)))
        first.action_compare()
        first.action_invoice()
        second = self.file(self.rows((contract.code, "30.00")))
        second.action_compare()
        self.assertEqual(self.types(second), [("settled", contract, 0, 30)])
        second.line_ids.decision = "ours"
        second.action_invoice()
        self.assertFalse(second.move_ids)

    def test_what_changed_since_the_comparison_is_compared_again(self):
        contract = self.carried()
        file = self.file(self.rows((contract.code, 30)))
        file.action_compare()
        contract.charge_ids._waive("A test")
        with self.assertRaisesRegex(UserError, "compare again"):
            file.action_invoice()
        file.action_compare()
        self.assertEqual(file.line_ids.type, "amount")

    def test_the_total_at_the_foot_is_checked(self):
        contract = self.carried()
        file = self.file(self.rows((contract.code, 30), ("合计", 31)))
        file.action_compare()
        self.assertTrue(file.total_differs)
        self.assertEqual((file.row_count, file.file_total), (1, 31))

    def test_what_the_file_says_stays_as_it_came(self):
        contract = self.carried()
        file = self.file(self.rows((contract.code, 28)))
        file.action_compare()
        line = file.line_ids
        for operation in (
            lambda: line.write({"found": 30}),
            lambda: line.write({"type": "matched"}),
            line.unlink,
            lambda: file.write({"file": b"eA=="}),
            lambda: file.write({"state": "invoiced"}),
            lambda: line.create({"file_id": file.id, "type": "matched"}),
        ):
            with self.assertRaises(UserError):
                operation()
        line.decision = "carrier"
        file.action_invoice()
        for operation in (
            lambda: line.write({"decision": "ours"}),
            file.unlink,
            file.action_compare,
        ):
            with self.assertRaises(UserError):
                operation()

    def test_a_file_that_is_none_says_why(self):
        with self.assertRaisesRegex(UserError, "No column is the amount"):
            self.file("合同编号,客户名称\nCT/1,x\n").action_compare()

    def test_another_carriers_contracts_are_not_expected(self):
        self.carried(invoice_partner_id=self.lessee.id, counterparty_id=self.lessee.id)
        file = self.file("contract,amount\nX,1\n")
        file.action_compare()
        self.assertEqual(file.line_ids.type, "unknown")

    def test_the_subsidy_is_taken_back_for_the_months_that_are_lacking(self):
        contract = self.carried(
            has_subsidy=True,
            subsidy_returned=True,
            subsidy_amount=1200.0,
            subsidy_months=24,
            exit_method="unamortised_subsidy",
        )
        contract._write_by_verb({"terminate_date": date(2026, 9, 30)})
        with freeze_time("2026-10-01"):
            contract._transition("end")
        charge = contract.charge_ids.filtered(
            lambda one: one.source_ref == f"clawback:{contract.id}"
        )
        self.assertEqual((charge.amount, charge.payer_id), (-750, self.carrier))
        self.assertIn("9 of 24 months", charge.name)
        self.carrier.lang = "zh_CN"
        terms = contract._prepare_subsidy_terms(date(2026, 9, 30))
        values = contract._prepare_claw_back(
            exit_fee("unamortised_subsidy", terms), date(2026, 9, 30)
        )
        self.assertIn("追回补贴", values["name"])
        moves = charge._invoice(date(2026, 10, 1))
        self.assertEqual((moves.move_type, moves.partner_id), ("out_refund", self.carrier))
        self.check_entry(moves, asset_receivable=-750, income=750)
        # Once.
        self.assertFalse(contract._claw_back_subsidy(date(2026, 9, 30)))

    def subsidised(self, *lines, **values):
        """A contract that was signed, with a subsidy of which whoever leaves early owes the rest,
        to us and we to the carrier."""
        contract = self.make_contract(
            self.fee(30.0, recurring_invoicing_type="post-paid"),
            *lines,
            **{
                "invoice_partner_id": self.carrier.id,
                "counterparty_id": self.carrier.id,
                "payer": "carrier",
                "biller": "carrier",
                "subscriber_ids": [Command.clear()],
                "has_subsidy": True,
                "subsidy_returned": True,
                "subsidy_amount": 1200.0,
                "subsidy_months": 24,
                "exit_method": "unamortised_subsidy",
                **values,
            },
        )
        contract._action_sign(date(2026, 1, 1))
        return contract

    def subsidy(self):
        return self.fee(
            1200.0,
            charge_kind="one_off",
            name="Subsidy",
            begins="date",
            date_start=date(2026, 1, 1),
        )

    def fee_and_claw_back(self, contract):
        fee = contract._get_exit_fee(date(2026, 1, 20), date(2026, 1, 31)).fee
        contract._write_by_verb({"terminate_date": date(2026, 1, 31)})
        with freeze_time("2026-02-01"):
            contract._transition("end")
        back = contract.charge_ids.filtered(lambda one: one.source_ref == f"clawback:{contract.id}")
        return fee, back.amount

    def test_a_subsidy_that_came_before_the_service_is_owed_on_both_sides(self):
        contract = self.subsidised(self.subsidy())
        contract._charge(date(2026, 1, 1))
        self.assertFalse(contract.live_on)
        self.assertEqual(self.fee_and_claw_back(contract), (1200, -1200))

    def test_a_subsidy_that_never_came_is_owed_on_no_side(self):
        for contract in (self.subsidised(self.subsidy()), self.subsidised()):
            self.assertEqual(self.fee_and_claw_back(contract), (0, 0))

    def test_a_subsidy_that_was_credited_is_owed_on_no_side(self):
        contract = self.subsidised(self.subsidy())
        moves = contract._charge(date(2026, 1, 1))
        contract._action_start(date(2026, 1, 2))
        moves._reverse_moves([{"date": date(2026, 1, 3)}], cancel=True)
        self.assertEqual(self.fee_and_claw_back(contract), (0, 0))

    def in_advance(self, **values):
        """31 a month, charged for January and waiting for its file."""
        contract = self.carried(price=31.0, **values)
        contract.contract_line_ids.recurring_invoicing_type = "pre-paid"
        contract._charge(date(2026, 1, 1))
        return contract

    def test_what_waits_for_the_file_is_cut_to_the_days_served(self):
        cases = {
            "suspend": {"reason_id": reason_of(self.env, "other").id},
            "take_over": {"to_partner_id": self.lessee.id},
        }
        for kind, values in cases.items():
            contract = self.in_advance()
            contract._action_change(kind, date(2026, 1, 11), **values)
            charge = contract.charge_ids.filtered(lambda one: one.kind == "recurring")
            self.assertEqual(
                (charge.state, charge.period_end, charge.amount),
                ("chargeable", date(2026, 1, 10), 10),
                kind,
            )
            self.assertIn("2026", charge.name)
            self.assertIn("10/31", charge.name.replace(" of ", "/"))
            file = self.file(self.rows((contract.code, 10)) + f"{kind},0\n")
            file.action_compare()
            self.assertIn(("matched", contract, 10, 10), self.types(file))

    def test_what_waits_is_cut_by_a_cancellation_when_it_ends(self):
        contract = self.in_advance(notice_days=0)
        cancellation = self.env["alarm.contract.cancellation"].create(
            {
                "contract_id": contract.id,
                "notice_date": date(2026, 1, 2),
                "effective_date": date(2026, 1, 10),
                "reason_id": reason_of(self.env, "other").id,
            }
        )
        cancellation.action_confirm()
        charge = contract.charge_ids
        self.assertEqual(charge.amount, 31)
        cancellation._finish(date(2026, 1, 11))
        self.assertEqual((charge.state, charge.amount), ("chargeable", 10))

    def test_what_waits_goes_with_the_service_to_other_premises(self):
        contract = self.in_advance(subscriber_ids=[Command.set(self.subscriber.ids)])
        other = self.env["alarm.subscriber"].create(
            {"name": "Other Shop", "partner_id": self.customer.id}
        )
        contract._action_change(
            "move",
            date(2026, 1, 11),
            subscriber_id=self.subscriber.id,
            to_subscriber_id=other.id,
            removal=False,
        )
        contract._charge(date(2026, 1, 31))
        self.assertEqual(contract.charge_ids.mapped("amount"), [31])

    def test_a_customer_who_follows_goes_on_working_the_subsidy_off(self):
        contract = self.carried(
            self.fee(1200.0, charge_kind="one_off", name="Subsidy"),
            has_subsidy=True,
            subsidy_returned=True,
            subsidy_amount=1200.0,
            subsidy_months=24,
            exit_method="unamortised_subsidy",
        )
        with freeze_time("2026-05-01"):
            change = contract.with_user(self.clerk)._action_change(
                "take_over", date(2026, 5, 1), to_partner_id=self.lessee.id, new_term=True
            )
        new = change.new_contract_id.with_env(self.env)
        self.assertEqual(new.invoice_partner_id, self.carrier)
        for day in (date(2026, 5, 1), date(2026, 6, 1)):
            (contract | new)._charge(day)
        charges = (contract | new).charge_ids
        self.assertFalse(charges.filtered(lambda one: (one.source_ref or "").startswith("claw")))
        self.assertEqual(
            charges.filtered(lambda one: one.kind == "one_off").mapped("amount"), [1200]
        )
        # Four months of the one and five of the other are worked off.
        fee = new._get_exit_fee(date(2026, 9, 1), date(2026, 9, 30))
        self.assertEqual(fee.fee, 750)
        new._write_by_verb({"terminate_date": date(2026, 9, 30)})
        with freeze_time("2026-10-01"):
            new._transition("end")
        back = new.charge_ids.filtered(lambda one: one.source_ref == f"clawback:{new.id}")
        self.assertEqual((back.amount, back.payer_id), (-750, self.carrier))
        # What was not earned yet is given back: nothing of it stays to be earned.
        self.assertEqual(
            (back.earned_from, back.earned_to), (date(2026, 10, 1), date(2027, 12, 31))
        )
        new._charge(date(2026, 10, 1))
        self.env["alarm.deferral.line"]._release(new.company_id, date(2026, 9, 30))
        deferrals = charges.deferral_id | back.deferral_id
        self.assertEqual(deferrals.mapped("waiting"), [0, 0])
        self.assertEqual(sorted(deferrals.mapped("released")), [-750, 1200])

    def test_a_suspension_works_nothing_of_the_subsidy_off(self):
        contract = self.carried(
            has_subsidy=True,
            subsidy_returned=True,
            subsidy_amount=1200.0,
            subsidy_months=24,
            exit_method="unamortised_subsidy",
        )
        reason = reason_of(self.env, "other")
        contract._action_change("suspend", date(2026, 3, 1), reason_id=reason.id)
        contract._action_change("reactivate", date(2026, 5, 1))
        # January to September, without March and April.
        self.assertEqual(contract._get_exit_fee(date(2026, 9, 1), date(2026, 9, 30)).fee, 850)
        contract._action_change("suspend", date(2026, 9, 1), reason_id=reason.id)
        self.assertEqual(contract._claw_back_subsidy(date(2026, 9, 30)).amount, -900)

    def test_parts_of_months_beside_suspensions_are_added_up(self):
        contract = self.carried(subsidy_returned=True, subsidy_amount=1200.0, subsidy_months=24)
        reason = reason_of(self.env, "other")
        contract._action_change("suspend", date(2026, 2, 16), reason_id=reason.id)
        contract._action_change("reactivate", date(2026, 3, 16))
        # A month and fifteen days before it, a month and fifteen days after it.
        self.assertEqual(contract._get_subsidy_served_from(date(2026, 4, 30)), date(2026, 2, 1))
        # One day less is one month less.
        self.assertEqual(contract._get_subsidy_served_from(date(2026, 4, 29)), date(2026, 2, 28))

    def test_after_its_term_nothing_is_taken_back(self):
        contract = self.carried(
            has_subsidy=True, subsidy_returned=True, subsidy_amount=1200.0, subsidy_months=12
        )
        self.assertFalse(contract._claw_back_subsidy(date(2026, 12, 31)))

    def test_what_leaving_early_costs_the_customer_owes_himself(self):
        contract = self.carried()
        charge = self.env["alarm.charge"]._add(
            [{"contract_id": contract.id, "kind": "exit_fee", "name": "Exit", "amount": 750.0}]
        )
        self.assertEqual(charge._invoice(date(2026, 10, 1)).partner_id, self.customer)
