from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import ContractSaleCase


@tagged("post_install", "-at_install")
class TestContractFromOrder(ContractSaleCase):
    """What was agreed on the quotation is the contract; nobody types it again."""

    def test_the_signed_quotation_is_the_signed_contract(self):
        order, contract = self.signed()
        self.assertEqual(contract.alarm_state, "signed")
        self.assertEqual(contract.signed_on, fields.Date.context_today(order))
        self.assertEqual(contract.partner_id, order.subscriber_id.partner_id)
        self.assertEqual(contract.invoice_partner_id, order.partner_invoice_id)
        self.assertEqual(contract.subscriber_ids, order.subscriber_id)
        self.assertEqual(contract.user_id, self.seller)
        self.assertEqual(contract.business_model_id, self.leasing)
        self.assertEqual(contract.term_months, 36)
        self.assertEqual(contract.creation_cost, max(order.cost_to_create, 0))

    def test_each_fee_is_a_line_with_its_period_and_price(self):
        order, contract = self.signed(fee_ids=[Command.set((self.fee | self.upkeep).ids)])
        fees = {
            line.product_id: (line.period_months, line.quantity, line.price_unit)
            for line in contract.contract_line_ids
            if line.product_id
        }
        self.assertEqual(
            fees,
            {self.fee: (1, 1, 100), self.upkeep: (12, 1, 240), self.lease: (1, 1, 30)},
        )
        self.assertTrue(all(contract.contract_line_ids.filtered("sale_line_id").mapped("waiting")))
        # The deposit that the model asks for: two months of 100 + 20 + 30.
        deposit = contract.contract_line_ids - contract.contract_line_ids.filtered("sale_line_id")
        self.assertEqual((deposit.charge_kind, deposit.price_unit), ("deposit", 300))

    def test_a_price_and_a_discount_that_were_bargained_hold(self):
        order = self.quote(self.make_survey())
        fee = order.order_line.filtered(lambda line: line.product_id == self.fee)
        fee.write({"price_unit": 90, "discount": 10, "product_uom_qty": 2})
        contract = self.sign(order)
        line = contract.contract_line_ids.filtered(lambda line: line.product_id == self.fee)
        self.assertEqual((line.price_unit, line.discount, line.quantity), (90, 10, 2))
        self.assertEqual(line._get_monthly_amounts(line.date_start)[line], 0)
        contract._action_start(fields.Date.today())
        self.assertEqual(contract.monthly_revenue if line.revenue_class else 192, 192)

    def test_the_model_that_fits_is_proposed_and_another_one_can_be_chosen(self):
        order = self.quote(self.make_survey())
        # Most of it is bought.
        self.assertEqual(order.business_model_id, self.buy_out)
        order.business_model_id = self.leasing
        order.order_line.filtered(lambda line: line.product_id == self.fee).price_unit = 80
        self.assertEqual(order.business_model_id, self.leasing)
        self.assertEqual(self.sign(order).business_model_id, self.leasing)
        survey = self.make_survey(
            line_ids=[Command.create({"product_id": self.camera.id, "ownership": "leased"})],
            lead=self.lead.copy({"street": "Elsewhere 1"}),
        )
        self.assertEqual(self.quote(survey).business_model_id, self.leasing)

    def test_somebody_else_may_pay_the_fees(self):
        carrier = self.env["res.partner"].create({"name": "Carrier"})
        order = self.quote(self.make_survey())
        order.business_model_id = self.leasing
        self.assertEqual(order.fee_payer_id, order.partner_invoice_id)
        self.leasing.payer = "carrier"
        order.fee_payer_id = carrier
        contract = self.sign(order)
        self.assertEqual(contract.invoice_partner_id, carrier)
        self.assertEqual(contract.counterparty_id, carrier)

    def test_without_a_signature_the_contract_waits_for_one(self):
        order = self.quote(self.make_survey())
        order.action_confirm()
        self.assertEqual(order.sudo().contract_id.alarm_state, "draft")

    def test_fees_by_number_are_quoted_as_planned_and_charged_as_counted(self):
        self.fee.alarm_charge_kind = "per_zone"
        order, contract = self.signed(fee_ids=[Command.set(self.fee.ids)])
        sold = order.order_line.filtered(lambda line: line.product_id == self.fee)
        self.assertEqual(sold.product_uom_qty, 3)
        line = contract.contract_line_ids.filtered(lambda line: line.product_id == self.fee)
        self.assertEqual(line.charge_kind, "per_zone")
        self.assertEqual(line.subscriber_id, order.subscriber_id)
        self.fee.alarm_charge_kind = "per_detector"
        survey = self.make_survey(fee_ids=[Command.set(self.fee.ids)])
        self.assertEqual(survey._sum_fees()[self.fee], 3)

    def test_an_attendance_fee_is_no_fee_of_a_month(self):
        attendance = self.make_fee("attendance", alarm_free_quota=6)
        self.assertEqual(attendance.alarm_charge_kind, "per_attendance")
        order, contract = self.signed(fee_ids=[Command.set((self.fee | attendance).ids)])
        self.assertEqual(order.monthly_revenue, 130)
        self.assertEqual(order._fee_totals()[-1]["total"], 100)
        line = contract.contract_line_ids.filtered(lambda line: line.product_id == attendance)
        self.assertEqual((line.charge_kind, line.free_quota), ("per_attendance", 6))

    def make_fee(self, recurrence, **values):
        return self.env["product.product"].create(
            {
                "name": f"Fee {recurrence}",
                "type": "service",
                "list_price": 100,
                "alarm_recurrence": recurrence,
                "taxes_id": [Command.clear()],
                **values,
            }
        )

    def test_a_fee_of_two_months_and_of_two_years(self):
        two, long = self.make_fee("two_monthly"), self.make_fee("two_yearly")
        order, contract = self.signed(fee_ids=[Command.set((two | long).ids)])
        lines = contract.contract_line_ids.filtered("sale_line_id")
        months = {line.product_id: line.period_months for line in lines}
        self.assertEqual(months, {two: 2, long: 24, self.lease: 1})

    def test_fees_begin_with_the_monitoring(self):
        order, contract = self.signed()
        order.subscriber_id.sudo()._on_live()
        self.assertEqual(contract.alarm_state, "running")
        self.assertEqual(set(contract.contract_line_ids.mapped("waiting")), {False})

    def test_a_later_line_is_an_add_on(self):
        order, contract = self.signed()
        order.subscriber_id.sudo()._on_live()
        order.with_user(self.seller).write(
            {"order_line": [Command.create({"product_id": self.upkeep.id})]}
        )
        line = contract.contract_line_ids.filtered(lambda line: line.product_id == self.upkeep)
        self.assertEqual(line.start_cause, "add_on")
        self.assertEqual((line.period_months, line.price_unit), (12, 240))

    def _extension(self, first):
        order = (
            self.env["sale.order"]
            .with_user(self.seller)
            .create(
                {
                    "partner_id": first.partner_id.id,
                    "subscriber_id": first.subscriber_id.id,
                    "order_line": [Command.create({"product_id": self.upkeep.id})],
                }
            )
        )
        return order

    def test_an_extension_adds_to_the_contract_and_begins_when_its_work_is_done(self):
        first, contract = self.signed()
        first.subscriber_id.sudo()._on_live()
        first.work_order_ids.sudo()._write_by_verb({"state": "done"})
        order = self._extension(first)
        self.assertEqual(order.business_model_id, self.leasing)
        self.assertEqual(self.sign(order), contract)
        line = contract.contract_line_ids.filtered(lambda line: line.product_id == self.upkeep)
        self.assertTrue(line.waiting)
        work = order.sudo().work_order_ids
        work._write_by_verb({"state": "done"})
        work._on_state("finish")
        self.assertFalse(line.waiting)
        self.assertEqual(line.date_start, fields.Date.context_today(line))

    def _running_extension(self):
        """A running contract and its fee that waits for the work of an extension."""
        first, contract = self.signed()
        first.subscriber_id.sudo()._on_live()
        contract.contract_line_ids.date_start = fields.Date.subtract(fields.Date.today(), days=9)
        first.work_order_ids.sudo()._write_by_verb({"state": "done"})
        order = self._extension(first)
        self.sign(order)
        line = contract.contract_line_ids.filtered(lambda line: line.product_id == self.upkeep)
        self.assertTrue(line.waiting)
        return contract, order.sudo(), line

    def _suspend(self, contract):
        reason = self.env["contract.terminate.reason"].search([], limit=1)
        contract._action_change("suspend", fields.Date.today(), reason_id=reason.id)
        self.assertEqual(contract.alarm_state, "suspended")

    def _finish(self, order):
        work = order.work_order_ids
        work._write_by_verb({"state": "done"})
        work._on_state("finish")

    def test_an_extension_of_a_suspended_contract_begins_when_it_goes_on(self):
        contract, order, line = self._running_extension()
        self._suspend(contract)
        self._finish(order)
        self.assertTrue(line.waiting)
        contract._action_change("reactivate", fields.Date.today())
        self.assertFalse(line.waiting)
        self.assertEqual(line.date_start, fields.Date.today())

    def test_work_that_is_not_done_begins_no_fee_when_the_contract_goes_on(self):
        contract, order, line = self._running_extension()
        self._suspend(contract)
        order.work_order_ids.action_cancel("not wanted")
        contract._action_change("reactivate", fields.Date.today())
        self.assertTrue(line.waiting)

    def test_an_extension_begins_under_the_contract_that_took_over(self):
        contract, order, line = self._running_extension()
        owner = self.env["res.partner"].create({"name": "New Owner"})
        site = contract.subscriber_ids
        self.env["alarm.subscriber"].create(
            {"name": "Heir", "partner_id": owner.id, "predecessor_id": site.id}
        )
        change = contract._action_change(
            "take_over", fields.Date.today(), to_partner_id=owner.id, to_payer_id=owner.id
        )
        self.assertTrue(line.is_canceled)
        heir = change.new_contract_id.contract_line_ids.filtered("waiting")
        self.assertFalse(heir.is_canceled)
        self.assertEqual(heir.sale_line_id, order.order_line.filtered("contract_line_ids"))
        self._finish(order)
        self.assertFalse(heir.waiting)
        self.assertTrue(line.waiting)

    def test_what_the_sale_delivers_is_not_charged_from_the_field(self):
        order, _contract = self.signed()
        row = order.work_order_ids.material_ids.filtered("quantity_sold")[:1]
        row.quantity_used = row.quantity_sold
        self.assertEqual(row._get_quantity_to_charge(), 0)
        row.quantity_used += 2
        self.assertEqual(row._get_quantity_to_charge(), 2)

    def test_another_model_makes_another_contract(self):
        first, contract = self.signed()
        order = self._extension(first)
        order.business_model_id = self.buy_out
        other = self.sign(order)
        self.assertNotEqual(other, contract)
        self.assertEqual(other.subscriber_ids, contract.subscriber_ids)

    def test_a_changed_line_changes_the_contract_until_it_begins(self):
        order, contract = self.signed()
        sold = order.order_line.filtered(lambda line: line.product_id == self.fee)
        line = sold.contract_line_ids
        sold.with_user(self.seller).write({"product_uom_qty": 3})
        self.assertEqual(line.quantity, 3)
        order.subscriber_id.sudo()._on_live()
        sold.with_user(self.seller).write({"product_uom_qty": 4})
        self.assertEqual(line.quantity, 3)
        self.assertEqual(contract.activity_ids.user_id, self.seller)

    def test_a_cancelled_order_takes_its_draft_with_it(self):
        order = self.quote(self.make_survey())
        order.action_confirm()
        contract = order.sudo().contract_id
        order._action_cancel()
        self.assertFalse(contract.exists())

    def test_a_cancelled_order_ends_what_was_signed_and_never_began(self):
        order, contract = self.signed()
        order.with_user(self.seller)._action_cancel()
        self.assertEqual(contract.alarm_state, "ended")
        self.assertFalse(contract._prepare_charges(fields.Date.today()))

    def test_what_is_sold_after_all_has_a_contract_again(self):
        order, contract = self.signed()
        order.with_user(self.seller)._action_cancel()
        order.action_draft()
        order.action_confirm()
        self.assertNotEqual(order.contract_id, contract)
        self.assertEqual(
            order.contract_id.contract_line_ids.filtered("sale_line_id").product_id,
            contract.contract_line_ids.filtered("sale_line_id").product_id,
        )

    def test_an_order_whose_fees_run_is_not_cancelled(self):
        order, contract = self.signed()
        order.subscriber_id.sudo()._on_live()
        with self.assertRaisesRegex(UserError, "fees run"):
            order.with_user(self.seller)._action_cancel()

    def test_recorders_are_leased_without_any_premises(self):
        order = (
            self.env["sale.order"]
            .with_user(self.seller)
            .create(
                {
                    "partner_id": self.env["res.partner"].create({"name": "Guards Inc."}).id,
                    "order_line": [
                        Command.create({"product_id": self.lease.id, "product_uom_qty": 5})
                    ],
                }
            )
        )
        order.business_model_id = self.leasing
        order.action_confirm()
        contract = order.sudo().contract_id
        self.assertFalse(contract.subscriber_ids)
        self.assertEqual(contract.contract_line_ids.quantity, 5)

    def test_a_plain_sale_makes_no_contract(self):
        order = (
            self.env["sale.order"]
            .with_user(self.seller)
            .create(
                {
                    "partner_id": self.env["res.partner"].create({"name": "Plain"}).id,
                    "order_line": [Command.create({"product_id": self.work.id})],
                }
            )
        )
        order.action_confirm()
        self.assertFalse(order.business_model_id)
        self.assertFalse(order.contract_id)

    def test_what_was_confirmed_without_a_model_is_made_good(self):
        (self.buy_out | self.leasing).active = False
        order = self.quote(self.make_survey())
        self.assertFalse(order.business_model_id)
        with self.assertRaisesRegex(UserError, "was confirmed"):
            order.action_make_contract()
        order.action_confirm()
        self.assertTrue(order.contract_lacking)
        self.leasing.active = True
        order.business_model_id = self.leasing
        order.action_make_contract()
        self.assertFalse(order.contract_lacking)
        self.assertTrue(order.contract_id.sudo().contract_line_ids)


@tagged("post_install", "-at_install")
class TestContractForSales(ContractSaleCase):
    """Who sells sees the contracts of the own customers, and no other ones."""

    def test_the_salesperson_reads_the_contract_and_changes_nothing(self):
        order, contract = self.signed()
        order = order.with_user(self.seller).sudo(False)
        action = order.action_view_contract()
        form = Form(contract.with_user(self.seller).sudo(False), view=action["views"][0][0])
        self.assertEqual(form.business_model_id, self.leasing)
        with self.assertRaises(AccessError):
            contract.with_user(self.seller).sudo(False).write({"note": "changed"})

    def test_a_colleague_sees_none_of_it(self):
        order, contract = self.signed()
        theirs = contract.with_user(self.colleague).sudo(False)
        with self.assertRaises(AccessError):
            theirs.read(["name"])
        with self.assertRaises(AccessError):
            theirs.contract_line_ids.read(["name"])
        self.assertFalse(
            self.env["alarm.contract.pipeline"]
            .with_user(self.colleague)
            .search([("contract_id", "=", contract.id)])
        )

    def test_nobody_ties_an_order_to_a_contract_he_may_not_see(self):
        _order, contract = self.signed()
        other = (
            self.env["sale.order"]
            .with_user(self.colleague)
            .create({"partner_id": self.env["res.partner"].create({"name": "X"}).id})
        )
        with self.assertRaises(AccessError):
            other.contract_id = contract
        with self.assertRaises(AccessError):
            other.copy({"contract_id": contract.id})

    def test_a_salesperson_charges_no_fee_under_another_of_his_contracts(self):
        _order, contract = self.signed()
        before = contract.contract_line_ids
        other = self.quote(self.make_survey()).with_user(self.seller).sudo(False)
        for call in (
            lambda: other.write({"contract_id": contract.id}),
            lambda: other.copy({"contract_id": contract.id}),
            lambda: other.with_context(default_contract_id=contract.id).copy(),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                call()
        self.assertEqual(contract.contract_line_ids, before)

    def test_the_salesperson_sees_what_is_overdue_and_who_leaves(self):
        order, contract = self.signed()
        order.subscriber_id.sudo()._on_live()
        mine = order.with_user(self.seller).sudo(False)
        self.assertEqual(mine.alarm_fee_state, "ok")
        contract.fee_state = "call"
        self.env.invalidate_all()
        self.assertEqual(mine.alarm_fee_state, "call")
        reason = self.env["contract.terminate.reason"].create({"name": "Moved"})
        cancellation = self.env["alarm.contract.cancellation"].create(
            {"contract_id": contract.id, "reason_id": reason.id, "comment": "x"}
        )
        cancellation.action_confirm()
        self.env.invalidate_all()
        self.assertIn("Moved", mine.alarm_contract_notice)
        view = mine.action_view_contract()["views"][0][0]
        form = Form(contract.with_user(self.seller).sudo(False), view=view)
        self.assertIn("Moved", form.cancellation_notice)
        self.assertIn("pending", mine.partner_id.alarm_contract_notice)

    def test_the_customer_button_counts_the_contracts(self):
        order, _contract = self.signed()
        partner = order.partner_id.with_user(self.seller).sudo(False)
        self.assertEqual(partner.alarm_contract_count, 1)
        self.assertEqual(
            self.env["contract.contract"]
            .with_user(self.seller)
            .search_count(partner.action_view_alarm_contracts()["domain"]),
            1,
        )


@tagged("post_install", "-at_install")
class TestPipeline(ContractSaleCase):
    def stage(self, order):
        self.env.flush_all()
        self.env.invalidate_all()
        return (
            self.env["alarm.contract.pipeline"]
            .with_user(self.seller)
            .search([("sale_order_id", "=", order.id)])
            .stage
        )

    def test_what_is_signed_goes_live_and_is_invoiced(self):
        order, contract = self.signed()
        self.assertEqual(self.stage(order), "signed")
        order.subscriber_id.sudo()._on_live()
        order.subscriber_id.sudo()._write({"approved_at": fields.Datetime.now()})
        order.subscriber_id.invalidate_recordset(["approved_at"])
        order._compute_live_on()
        self.assertEqual(self.stage(order), "live")
        if not contract.journal_id:
            self.skipTest("no chart of accounts")
        contract._charge(contract.company_id._alarm_today())
        self.assertEqual(self.stage(order), "invoiced")


@tagged("post_install", "-at_install")
class TestTermsInWords(ContractSaleCase):
    def test_the_customer_reads_them_in_the_plan_and_on_the_quotation(self):
        order = self.quote(self.make_survey())
        order.business_model_id = self.leasing
        terms = dict(order._plan_terms())
        self.assertIn("36 months", terms["Term"])
        self.assertIn("50 %", terms["Early Exit"])
        self.assertIn(self.env.company.name, terms["Equipment"])
        html = self.env["ir.actions.report"]._render_qweb_html(
            "sale.action_report_saleorder", order.ids
        )[0]
        self.assertIn(b"60 days before the end", html)

    def test_every_choice_has_words(self):
        fields_ = self.env["alarm.business.model"]._fields
        self.leasing.write({"share_base": "turnover", "escalation_cap": 3})
        for name in (
            "funder",
            "owner_in_term",
            "operator",
            "payer",
            "renewal_kind",
            "exit_method",
            "end_action",
            "escalation_kind",
            "share_base",
        ):
            order = self.quote(self.make_survey())
            order.business_model_id = self.leasing
            seen = set()
            for value, _label in fields_[name].selection:
                self.leasing.write({name: value, "exit_rate": 10, "escalation_value": 2})
                seen.add(tuple(order._contract_terms()))
            self.assertEqual(len(seen), len(fields_[name].selection), name)
