from datetime import date, datetime

from freezegun import freeze_time

from odoo import Command
from odoo.tests import Form, tagged

from .common import ContractCase

START = date(2030, 1, 1)


@tagged("post_install", "-at_install")
@freeze_time("2030-01-01 08:00")
class TestPricelist(ContractCase):
    """A dealer pays for his customers, at his prices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("base.group_user")._apply_group(cls.env.ref("product.group_product_pricelist"))
        cls.pricelist = cls.make_list("Dealers", 70.0)
        cls.dealer = cls.make_payer("Dealer & Sons", cls.pricelist)

    @classmethod
    def make_list(cls, name, price, **values):
        return cls.env["product.pricelist"].create(
            {
                "name": name,
                "currency_id": cls.company.currency_id.id,
                "item_ids": [Command.create(cls.item(price))],
                **values,
            }
        )

    @classmethod
    def item(cls, price, **values):
        return {
            "applied_on": "1_product",
            "product_tmpl_id": cls.monitoring.product_tmpl_id.id,
            "compute_price": "fixed",
            "fixed_price": price,
            **values,
        }

    @classmethod
    def make_payer(cls, name, pricelist):
        payer = cls.env["res.partner"].create({"name": name, "lang": "en_US"})
        payer.specific_property_product_pricelist = pricelist
        return payer

    @classmethod
    def by_list(cls, **values):
        return cls.fee(0.0, automatic_price=True, **values)

    def raise_price(self, price, day):
        """From a day on, without touching what was."""
        self.pricelist.item_ids = [
            Command.create(self.item(price, date_start=datetime.combine(day, datetime.min.time())))
        ]

    def charged(self, moves):
        return [amount for _name, amount in self.amounts(moves)]

    def test_a_contract_has_the_price_list_of_its_payer(self):
        contract = self.make_contract(invoice_partner_id=self.dealer.id)
        self.assertEqual(contract.pricelist_id, self.pricelist)
        other = self.make_list("Bureaus", 50.0)
        contract.invoice_partner_id = self.make_payer("Bureau", other)
        self.assertEqual(contract.pricelist_id, other)

    def test_a_list_that_somebody_chose_stays(self):
        chosen = self.make_list("Special", 42.0)
        contract = self.make_contract(invoice_partner_id=self.dealer.id, pricelist_id=chosen.id)
        contract.invoice_partner_id = self.customer
        self.assertEqual(contract.pricelist_id, chosen)

    def test_the_form_proposes_the_payers_price(self):
        contract = self.env["contract.contract"].with_context(
            default_contract_type="sale", alarm_contract=True
        )
        form = Form(contract, "alarm_contract.contract_contract_view_form")
        form.name = "Dealer's Shop"
        form.partner_id = self.customer
        form.business_model_id = self.model
        form.invoice_partner_id = self.dealer
        self.assertEqual(form.pricelist_id, self.pricelist)
        with form.contract_line_ids.new() as line:
            line.product_id = self.monitoring
            self.assertEqual(line.price_unit, 70.0)
            line.quantity = 2
        with form.contract_line_ids.new() as line:
            line.product_id = self.monitoring
            line.price_unit = 65.0
        with form.contract_line_ids.new() as line:
            line.product_id = self.monitoring
            line.automatic_price = True
        made = form.save()
        self.assertEqual(made.contract_line_ids.mapped("price_unit"), [70.0, 65.0, 70.0])
        self.assertEqual(made.contract_line_ids.mapped("automatic_price"), [False, False, True])

    def test_a_fee_that_says_no_price_is_made_with_that_of_the_list(self):
        fee = Command.create({"product_id": self.monitoring.id, "name": "M", "quantity": 1})
        contract = self.make_contract(fee, invoice_partner_id=self.dealer.id)
        self.assertEqual(contract.contract_line_ids.specific_price, 70.0)
        self.raise_price(80.0, START)
        self.assertEqual(contract.contract_line_ids.price_unit, 70.0)

    def test_a_period_costs_what_the_list_says_on_its_first_day(self):
        contract = self.run_contract(self.by_list(), start=START, invoice_partner_id=self.dealer.id)
        self.raise_price(80.0, date(2030, 2, 15))
        # March is late, and February was before the new price.
        self.assertEqual(self.charged(contract._charge(date(2030, 3, 1))), [70.0, 70.0, 80.0])

    def test_arrears_have_the_price_of_the_period_too(self):
        contract = self.run_contract(
            self.by_list(recurring_invoicing_type="post-paid"),
            start=START,
            invoice_partner_id=self.dealer.id,
        )
        self.raise_price(80.0, date(2030, 2, 1))
        self.assertEqual(self.charged(contract._charge(date(2030, 2, 1))), [70.0])
        self.assertEqual(self.charged(contract._charge(date(2030, 3, 1))), [80.0])

    def test_a_price_that_begins_in_the_course_of_a_day_is_that_of_the_day(self):
        contract = self.run_contract(self.by_list(), start=START, invoice_partner_id=self.dealer.id)
        self.company.partner_id.tz = "Asia/Shanghai"
        # 15:00 on the first of February in Shanghai.
        item = self.item(80.0, date_start=datetime(2030, 2, 1, 7))
        self.pricelist.item_ids = [Command.create(item)]
        self.assertEqual(self.charged(contract._charge(date(2030, 2, 1))), [70.0, 80.0])

    def test_the_preview_says_what_the_run_charges(self):
        contracts = self.run_contract(self.by_list(), invoice_partner_id=self.dealer.id)
        contracts |= self.run_contract(self.fee(90.0), self.by_list(quantity=2))
        self.raise_price(80.0, START)
        expected = [values["amount"] for values in contracts._prepare_due(date(2030, 1, 1))]
        moves = contracts._charge(date(2030, 1, 1))
        self.assertCountEqual(self.charged(moves), expected)

    def test_many_fees_ask_the_list_as_often_as_one(self):
        def queries(contracts):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual({values["amount"] for values in contracts._prepare_due(START)}, {70.0})
            return self.env.cr.sql_log_count - before

        def made(number):
            contracts = self.env["contract.contract"]
            for _index in range(number):
                contracts |= self.run_contract(
                    self.by_list(), start=START, invoice_partner_id=self.dealer.id
                )
            return contracts

        one, many = made(1), made(8)
        queries(one)
        self.assertEqual(queries(one), queries(many))

    def booked(self, contract, day):
        before = contract.revenue_movement_ids
        with freeze_time(day):
            self.env.flush_all()
            self.env.invalidate_all()
            contract.contract_line_ids._book_revenue()
        contract.invalidate_recordset(["revenue_movement_ids"])
        rows = (contract.revenue_movement_ids - before).sorted("id")
        return [(row.kind, row.amount) for row in rows]

    def test_the_ledger_books_another_price_when_it_is_charged(self):
        contract = self.run_contract(self.by_list(), start=START, invoice_partner_id=self.dealer.id)
        self.env.cr.flush()
        self.assertEqual(contract.revenue_movement_ids.amount, 70.0)
        contract._charge(START)
        # Written over in the middle of a month that is paid.
        self.pricelist.item_ids.fixed_price = 84.0
        self.assertEqual(self.booked(contract, date(2030, 1, 20)), [])
        contract._charge(date(2030, 2, 1))
        self.assertEqual(self.booked(contract, date(2030, 2, 1)), [("price_up", 14.0)])
        self.pricelist.item_ids.fixed_price = 80.0
        contract._charge(date(2030, 3, 1))
        self.assertEqual(self.booked(contract, date(2030, 3, 1)), [("price_down", -4.0)])
        self.assertEqual(self.booked(contract, date(2030, 3, 2)), [])

    def test_the_daily_job_finds_it(self):
        contract = self.run_contract(self.by_list(), start=START, invoice_partner_id=self.dealer.id)
        self.env.cr.flush()
        self.assertIn(
            contract.contract_line_ids.id,
            self.env["contract.line"]._find_unbooked(date(2030, 2, 1)),
        )

    def test_a_campaign_leaves_fees_with_a_list_alone(self):
        contract = self.run_contract(self.by_list(), start=START, invoice_partner_id=self.dealer.id)
        campaign = self.env["alarm.price.campaign"].create(
            {
                "name": "Up",
                "date": date(2031, 1, 1),
                "by_terms": False,
                "kind": "percent",
                "value": 5.0,
                "business_model_ids": [Command.set(self.model.ids)],
            }
        )
        campaign.action_preview()
        row = campaign.line_ids.filtered(lambda row: row.contract_id == contract)
        self.assertEqual((row.state, row.reason), ("skipped", "Has its price from a price list."))

    def test_who_signs_anew_at_another_price_leaves_the_list(self):
        contract = self.run_contract(self.by_list(), start=START, invoice_partner_id=self.dealer.id)
        line = contract.contract_line_ids
        after = line._replace_from(
            date(2030, 2, 1), "re_sign", "re_sign", {line: {"price_unit": 60.0}}
        )
        self.assertEqual((after.automatic_price, after.price_unit), (False, 60.0))
        self.assertEqual((line.automatic_price, line.price_unit), (True, 70.0))

    def test_who_takes_over_pays_his_own_prices(self):
        contract = self.make_contract(invoice_partner_id=self.dealer.id)
        other = self.make_list("Bureaus", 50.0)
        bureau = self.make_payer("Bureau", other)
        self.assertEqual(contract.copy({"invoice_partner_id": bureau.id}).pricelist_id, other)
        self.assertEqual(contract.copy().pricelist_id, self.pricelist)
