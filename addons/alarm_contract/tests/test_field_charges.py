from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common_field import FieldChargeCase


@tagged("post_install", "-at_install")
class TestFieldCharges(FieldChargeCase):
    """What a technician says is charged when the work is done, once."""

    def clerks(self, lines):
        return lines.with_user(self.clerk)

    def waive(self, lines, reason="Warranty"):
        action = self.clerks(lines).action_waive()
        model = self.env["alarm.work.order.charge.waive"].with_user(self.clerk)
        model.with_context(**action["context"]).create({"reason": reason}).action_apply()

    def other_contract(self, **values):
        return self.run_contract(self.fee(10.0), start=date(2026, 1, 1), **values)

    def test_it_is_charged_when_the_work_is_done(self):
        line = self.say(quantity=2)
        self.assertEqual((line.state, line.unit_price, line.amount), ("draft", 100, 200))
        self.assertFalse(self.charges())
        self.finish()
        charge = self.charges()
        self.assertEqual(line.state, "charged")
        self.assertEqual((line.charge_id, line.contract_id), (charge, self.contract))
        self.assertEqual(
            (charge.contract_id, charge.kind, charge.amount, charge.state, charge.subscriber_id),
            (self.contract, "one_off", 200, "chargeable", self.subscriber),
        )
        self.assertIn(f"Test Set-up\nWork order {self.made.name}", charge.name)
        moves = self.contract._charge(charge.date_due)
        self.assertIn(("Test Set-up", 200.0), self.amounts(moves))
        self.assertEqual(line.move_id, charge.move_id)

    def test_an_order_that_is_done_again_charges_only_what_is_new(self):
        self.say()
        self.finish()
        self.made._write_by_verb({"state": "in_progress"})
        late = self.say(quantity=3)
        self.finish()
        self.assertEqual(sorted(self.charges().mapped("amount")), [100, 300])
        self.made.charge_ids._charge()
        self.assertEqual(len(self.charges()), 2)
        self.assertEqual(late.state, "charged")

    def test_what_is_charged_again_is_what_the_technician_said(self):
        line = self.say()
        self.finish()
        first = line.charge_id
        move = self.contract._charge(first.date_due)
        move.button_draft()
        move.button_cancel()
        self.assertEqual(first.state, "credited")
        first.action_charge_again()
        self.assertEqual((line.state, line.charge_id), ("charged", first.repeated_ids))

    def test_a_called_off_order_charges_nothing(self):
        line = self.say()
        waived = self.say()
        self.waive(waived)
        self.made.with_user(self.planner).action_cancel("No access")
        self.assertEqual((line.state, waived.state), ("cancelled", "waived"))
        self.assertFalse(self.charges())
        for user in (self.technician, self.env.ref("base.user_root")):
            with self.assertRaisesRegex(UserError, "is “Cancelled”"), self.env.cr.savepoint():
                self.say(user=user)
        with self.assertRaises(UserError):
            self.clerks(line).action_charge()

    def test_without_a_contract_it_waits_and_says_why(self):
        self.contract._transition("end")
        line = self.say(quantity=2)
        self.assertEqual(line.amount, 200)
        self.finish()
        self.assertEqual(self.made.state, "done")
        self.assertEqual((line.state, line.wait_reason), ("to_charge", "no_contract"))
        with self.assertRaisesRegex(UserError, "No contract of the site is in force"):
            self.clerks(line).action_charge()
        new = self.other_contract()
        self.clerks(line).action_charge()
        self.assertEqual((line.state, line.contract_id), ("charged", new))
        self.assertFalse(line.wait_reason)

    def test_a_draft_is_no_contract_and_one_that_is_signed_is_where_none_is_in_force(self):
        self.make_contract()
        self.contract._transition("end")
        signed = self.make_contract()
        signed._action_sign(date(2026, 1, 1))
        line = self.say()
        self.finish()
        self.assertEqual(line.contract_id, signed)

    def test_of_two_contracts_the_clerk_picks_one(self):
        other = self.other_contract()
        line = self.say()
        self.finish()
        self.assertEqual((line.state, line.wait_reason), ("to_charge", "several"))
        with self.assertRaisesRegex(UserError, "pick one"):
            self.clerks(line).action_charge()
        self.clerks(line).contract_id = other
        self.assertFalse(line.wait_reason)
        self.clerks(line).action_charge()
        self.assertEqual(self.charges().contract_id, other)

    def test_the_clerk_may_pick_before_the_work_is_done(self):
        other = self.other_contract()
        line = self.say()
        self.clerks(line).contract_id = other
        self.finish()
        self.assertEqual(self.charges().contract_id, other)

    def test_another_sites_contract_and_one_that_ended_are_refused(self):
        strange = self.other_contract(
            subscriber_ids=[Command.set(self.make_panel("7099").subscriber_id.ids)]
        )
        line = self.say()
        with self.assertRaisesRegex(UserError, "is no site of"), self.env.cr.savepoint():
            self.clerks(line).contract_id = strange
        ended = self.other_contract()
        ended._transition("end")
        with self.assertRaisesRegex(UserError, "is not in force"), self.env.cr.savepoint():
            self.clerks(line).contract_id = ended

    def test_a_contract_that_ended_after_it_was_picked_holds_nobody_up(self):
        line = self.say()
        self.clerks(line).contract_id = self.contract
        self.contract._transition("end")
        self.finish()
        self.assertEqual((line.state, line.wait_reason), ("to_charge", "no_contract"))

    def test_the_price_is_that_of_the_contracts_price_list(self):
        self.contract.pricelist_id = self.env["product.pricelist"].create(
            {
                "name": "Key account",
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "3_global",
                            "compute_price": "percentage",
                            "percent_price": 20,
                        }
                    )
                ],
            }
        )
        line = self.say()
        self.assertEqual(line.unit_price, 80)
        line.with_user(self.technician).quantity = 3
        self.assertEqual(line.amount, 240)
        self.clerks(line).agreed_price = 50
        self.assertEqual(line.amount, 150)
        self.finish()
        self.assertEqual(self.charges().amount, 150)

    def test_the_price_follows_the_contract_that_is_picked(self):
        other = self.other_contract(
            pricelist_id=self.env["product.pricelist"]
            .create(
                {
                    "name": "Fixed",
                    "item_ids": [Command.create({"compute_price": "fixed", "fixed_price": 7})],
                }
            )
            .id
        )
        line = self.say()
        self.assertEqual(line.unit_price, 100)
        self.clerks(line).contract_id = other
        self.assertEqual(line.unit_price, 7)

    def test_what_has_no_price_waits(self):
        self.labour.list_price = 0
        line = self.say()
        self.finish()
        self.assertEqual((line.state, line.wait_reason), ("to_charge", "no_price"))
        self.clerks(line).agreed_price = 30
        self.clerks(line).action_charge()
        self.assertEqual(self.charges().amount, 30)

    def test_what_is_waived_is_charged_to_nobody(self):
        before, after = self.say(), self.say()
        self.waive(before)
        self.contract._transition("end")
        self.finish()
        self.waive(after, "Our own fault")
        self.assertEqual(set((before + after).mapped("state")), {"waived"})
        self.assertEqual(after.waive_reason, "Our own fault (Cleo)")
        self.other_contract()
        self.made.charge_ids._charge()
        self.assertFalse(self.charges())
        with self.assertRaises(UserError):
            self.waive(after)
        with self.assertRaises(UserError):
            self.clerks(after).action_charge()

    def test_without_a_contract_the_customer_gets_an_invoice_once(self):
        self.contract._transition("end")
        lines = self.say(quantity=2) + self.say()
        self.finish()
        action = self.clerks(lines).action_invoice()
        move = self.env["account.move"].browse(action["res_id"])
        self.assertEqual(
            (move.state, move.move_type, move.partner_id),
            ("draft", "out_invoice", self.customer),
        )
        self.assertEqual(self.amounts(move), [("Test Set-up", 200), ("Test Set-up", 100)])
        self.assertEqual(set(lines.mapped("state")), {"charged"})
        self.assertEqual(lines.move_id, move)
        for verb in (self.clerks(lines).action_invoice, self.clerks(lines).action_charge):
            with self.assertRaises(UserError):
                verb()
        self.made.charge_ids._charge()
        self.assertFalse(self.charges())

    def test_the_draft_of_an_invoice_that_is_thrown_away_loses_nothing(self):
        self.contract._transition("end")
        line = self.say()
        self.finish()
        move = self.env["account.move"].browse(self.clerks(line).action_invoice()["res_id"])
        move.with_user(self.accountant).unlink()
        self.assertEqual((line.state, line.move_id.ids), ("to_charge", []))
        self.clerks(line).action_invoice()
        self.assertEqual(line.state, "charged")

    def test_what_was_invoiced_and_cancelled_may_wait_anew(self):
        self.contract._transition("end")
        line = self.say()
        self.finish()
        self.clerks(line).action_invoice()
        with self.assertRaisesRegex(UserError, "cancelled or given back"):
            self.clerks(line).action_charge_again()
        line.move_id.button_cancel()
        self.clerks(line).action_charge_again()
        self.assertEqual(line.state, "to_charge")

    def test_a_former_invoice_charges_nothing_a_second_time(self):
        self.contract._transition("end")
        line = self.say()
        self.finish()
        self.clerks(line).action_invoice()
        cancelled = line.move_id
        cancelled.button_cancel()
        self.clerks(line).action_charge_again()
        self.clerks(line).action_invoice()
        cancelled.button_draft()
        with self.assertRaisesRegex(UserError, "charged anew"), self.env.cr.savepoint():
            cancelled.action_post()
        given_back = line.move_id
        given_back.action_post()
        note = given_back._reverse_moves([{"date": given_back.date}], cancel=True)
        self.clerks(line).action_charge_again()
        self.assertEqual((line.state, given_back.state), ("to_charge", "posted"))
        with self.assertRaisesRegex(UserError, "charged anew"), self.env.cr.savepoint():
            note.button_draft()

    def test_work_that_is_not_done_is_neither_charged_nor_invoiced(self):
        line = self.clerks(self.say())
        for verb in (line.action_charge, line.action_invoice):
            with self.assertRaisesRegex(UserError, "work that is done"):
                verb()

    def test_a_survey_without_a_site_is_invoiced_to_its_customer(self):
        order = self.survey()
        line = self.say(order)
        self.finish(order)
        self.assertEqual((line.state, line.wait_reason), ("to_charge", "no_contract"))
        self.clerks(line).action_invoice()
        self.assertEqual(line.move_id.partner_id, self.customer)

    def survey(self):
        order = self.soon("survey", subscriber_id=False, partner_id=self.customer.id)
        order.action_schedule()
        self.mine(order).action_start()
        return order.with_env(self.env)

    def test_what_the_office_adds_to_work_that_is_done_waits(self):
        self.finish()
        line = self.say(user=self.env.ref("base.user_root"))
        self.assertEqual((line.state, line.wait_reason), ("to_charge", "decide"))

    def test_sold_material_that_was_used_is_proposed_once(self):
        self.stock(self.cable, 10)
        leased = self.product("Test Siren", "none", list_price=5)
        self.stock(leased, 10)
        order = self.soon("inspection")
        sold = self.need(order, self.cable, 4)
        ours = self.need(order, leased, 1, ownership="leased")
        unused = self.need(order, self.product("Test Fuse", "none"), 1)
        order.action_schedule()
        mine = self.mine(order)
        mine.action_start()
        mine.action_report_material(
            [{"id": sold.id, "quantity": 3}, {"id": ours.id, "quantity": 1}]
        )
        mine.action_propose_charges()
        self.assertEqual(order.charge_ids.product_id, self.cable)
        self.assertEqual(order.charge_ids.quantity, 3)
        self.assertFalse(unused.quantity_used)
        with self.assertRaisesRegex(UserError, "not among the charges yet"):
            mine.action_propose_charges()
        # Also what is waived is there already.
        self.waive(order.with_env(self.env).charge_ids)
        with self.assertRaisesRegex(UserError, "not among the charges yet"):
            mine.action_propose_charges()

    def test_the_form_of_the_order_takes_lines(self):
        with Form(self.mine(self.made)) as form, form.charge_ids.new() as line:
            line.product_id = self.labour
            line.quantity = 4
        line = self.made.charge_ids
        self.assertEqual((line.quantity, line.name, line.amount), (4, "Test Set-up", 400))

    def test_many_lines_cost_no_more_queries_than_few(self):
        def finish(number):
            order = self.begun()
            self.env["alarm.work.order.charge"].create(
                [
                    {"work_order_id": order.id, "product_id": self.labour.id, "quantity": 2}
                    for _number in range(number)
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            count = self.env.cr.sql_log_count
            order.charge_ids._charge()
            self.env.flush_all()
            self.assertEqual(set(order.charge_ids.mapped("state")), {"charged"})
            return self.env.cr.sql_log_count - count

        finish(1)
        few = finish(2)
        self.assertLessEqual(finish(40), few + 3)

    def test_what_is_under_a_contract_does_not_wait_anew(self):
        line = self.say()
        self.finish()
        charge = line.charge_id
        self.contract._charge(charge.date_due)
        with self.assertRaisesRegex(UserError, "Under a contract"):
            self.clerks(line).action_charge_again()
