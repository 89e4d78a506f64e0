from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.alarm_equipment.tests.common import make_picking, validate

from .common import AssetCase


@tagged("post_install", "-at_install")
class TestContract(AssetCase):
    """What the contract says of its equipment: over what time it is depreciated, in which account
    it is kept, and whose it is when the contract ends."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env,
            "t-manager",
            "alarm_contract.group_contract_manager,alarm_subscriber.group_back_office",
        )
        for treatment in ("intangible", "contract_cost"):
            profile = cls.company._alarm_asset_profile(treatment)
            name = treatment.replace("_", " ")
            cls.accounts |= {
                f"{name} Account": profile.account_asset_id,
                f"{name} Amortisation": profile.account_depreciation_id,
            }
        cls.opening = {name: cls._balance(account) for name, account in cls.accounts.items()}

    def contract(self, subscriber=None, **terms):
        """A signed contract; its model says the rest."""
        terms = {"name": "Test", "code": "T-ASSET", "period_months": 1, **terms}
        model = self.env["alarm.business.model"].create(terms)
        subscriber = self.subscriber if subscriber is None else subscriber
        contract = self.env["contract.contract"].create(
            {
                "partner_id": self.customer.id,
                "business_model_id": model.id,
                "subscriber_ids": [Command.set(subscriber.ids)],
            }
        )
        contract.action_sign()
        return contract

    def test_over_the_term_where_the_equipment_becomes_the_customers(self):
        contract = self.contract(term_months=5, end_action="transfer_to_customer")
        self.lease(["DET-1"])
        asset = self.asset("DET-1")
        self.assertEqual(asset.contract_id, contract)
        self.assertEqual(contract.asset_count, 1)
        self.assertEqual(asset.method_number, 5)
        with freeze_time("2027-06-15"):
            contract._transition("end")
        self.check_books(Stock=-100, Expense=100)
        self.assertEqual(asset.alarm_end, "transferred")
        card = self.card("DET-1")
        self.assertEqual((card.ownership, card.owner_id), ("sold", self.customer))
        self.assertEqual(self.lot("DET-1").location_id, self.location("sold"))

    def test_who_leaves_before_the_term_is_over_has_not_earned_the_equipment(self):
        contract = self.contract(term_months=24, end_action="transfer_to_customer")
        self.lease(["DET-1"])
        contract.term_end = date(2028, 12, 31)
        with freeze_time("2027-06-15"):
            contract._transition("end")
        self.assertEqual(self.card("DET-1").ownership, "leased")
        self.assertEqual(self.asset("DET-1").state, "open")

    def test_over_its_life_where_it_comes_back(self):
        contract = self.contract(term_months=5, end_action="return")
        picking = self.lease(["DET-1"])
        self.assertEqual(self.asset("DET-1").method_number, 10)
        with freeze_time("2027-06-15"):
            contract._transition("end")
            # Until it is collected it is an asset.
            self.assertTrue(self.asset("DET-1"))
            self.take_back(picking, ["DET-1"])
        self.check_books(Stock=-50, Expense=50)

    def test_what_the_product_says_of_its_life_goes_before_the_company(self):
        self.detector.alarm_life_months = 4
        self.lease(["DET-1"])
        self.assertEqual(self.asset("DET-1").method_number, 4)

    def test_a_concession_is_a_right_to_charge(self):
        self.contract(
            term_months=8, end_action="transfer_to_government", asset_treatment="intangible"
        )
        self.lease(["DET-1", "DET-2"])
        asset = self.asset("DET-1")
        self.assertEqual(asset.alarm_treatment, "intangible")
        self.check_books(Stock=-200, intangible_Account=200)
        self.depreciate(date(2027, 2, 28))
        self.check_books(
            Stock=-200, intangible_Account=200, intangible_Amortisation=-50, Expense=50
        )
        government = self.env["res.partner"].create({"name": "Test Government"})
        with freeze_time("2027-08-31"):
            self.depreciate(date(2027, 8, 31))
            cards = self.card("DET-1") + self.card("DET-2")
            cards._derecognise(date(2027, 8, 31), "Transfer list 1", government)
        self.check_books(Stock=-200, Expense=200)
        self.assertEqual(cards.owner_id, government)

    def test_a_device_for_nothing_is_a_cost_of_the_contract_and_lost_with_it(self):
        contract = self.contract(
            term_months=24, end_action="transfer_to_customer", asset_treatment="contract_cost"
        )
        self.lease(["DET-1"])
        self.assertEqual(self.asset("DET-1").method_number, 24)
        self.check_books(Stock=-100, contract_cost_Account=100)
        with freeze_time("2027-07-05"):
            contract._transition("end")
        # Six months of 24: 25 was worked off.
        self.check_books(Stock=-100, Expense=25.02, Loss=74.98)
        self.assertEqual(self.card("DET-1").ownership, "sold")

    def test_what_another_contract_takes_over_goes_on_under_it(self):
        contract = self.contract(
            term_months=24, end_action="transfer_to_customer", asset_treatment="contract_cost"
        )
        self.lease(["DET-1"])
        heir = self.env["res.partner"].create({"name": "Test Heir"})
        following = contract.copy({"partner_id": heir.id})
        with freeze_time("2027-07-05"):
            contract._transition("end", successor_contract_id=following.id)
        asset = self.asset("DET-1")
        self.assertEqual((asset.contract_id, asset.partner_id), (following, heir))
        self.check_books(Stock=-100, contract_cost_Account=100)
        self.assertEqual(self.card("DET-1").ownership, "leased")

    def test_what_moves_to_other_premises_goes_on_under_their_contract(self):
        first = self.contract(term_months=24, end_action="transfer_to_customer")
        owner = self.env["res.partner"].create({"name": "Test Other Owner"})
        other = self.env["alarm.subscriber"].create({"name": "Test Other", "partner_id": owner.id})
        second = self.contract(other, code="T-OTHER", term_months=24)
        second.partner_id = owner
        self.lease(["DET-1", "DET-2"])
        self.assertEqual(self.asset("DET-1").contract_id, first)
        self.move_on("DET-1", other)
        asset = self.asset("DET-1")
        self.assertEqual(
            (asset.contract_id, asset.subscriber_id, asset.partner_id), (second, other, owner)
        )
        with freeze_time("2029-02-01"):
            first._transition("end")
        # What stayed is the customer's, what went is on lease to the other one.
        self.assertEqual(self.card("DET-2").ownership, "sold")
        self.assertEqual((asset.state, self.card("DET-1").ownership), ("open", "leased"))

    def test_what_moves_where_no_contract_is_belongs_to_none(self):
        contract = self.contract(term_months=24, end_action="transfer_to_customer")
        other = self.env["alarm.subscriber"].create(
            {"name": "Test Other", "partner_id": self.customer.id}
        )
        self.lease(["DET-1"])
        self.move_on("DET-1", other)
        self.assertFalse(self.asset("DET-1").contract_id)
        with freeze_time("2029-02-01"):
            contract._transition("end")
        self.assertEqual(self.card("DET-1").ownership, "leased")

    def test_a_contract_cost_that_comes_back_is_stock_again(self):
        self.contract(term_months=10, asset_treatment="contract_cost")
        picking = self.lease(["DET-1"])
        with freeze_time("2027-04-05"):
            self.take_back(picking, ["DET-1"])
        self.check_books(Stock=-30, Expense=30)

    def test_recorders_without_a_panel_are_assets_when_they_are_handed_out(self):
        wearer = self.env["alarm.subscriber"].create(
            {"name": "Test Security Staff", "partner_id": self.customer.id}
        )
        with freeze_time("2027-01-10"):
            contract = self.contract(wearer, term_months=12)
            self.deliver(["DET-1"], "leased", wearer)
            self.assertFalse(self.asset("DET-1"))
            contract.action_start()
            self.env["alarm.device"]._cron_capitalise()
            self.assertTrue(self.asset("DET-1"))
            # And what is handed out later, at once.
            self.deliver(["DET-2"], "leased", wearer)
        self.assertEqual(self.asset("DET-2").contract_id, contract)

    def test_recorders_that_stand_nowhere_are_assets_of_the_contract_that_names_them(self):
        # As in a company that has leased nothing yet.
        self.company.leased_equipment_location_id = False
        place = self.company._get_equipment_location("leased")
        self.assertEqual(place.valuation_account_id, self.accounts["Leased Equipment"])
        card = self.env["alarm.device"].create(
            {"product_id": self.detector.id, "lot_id": self.lot("DET-1").id, "kind": "recorder"}
        )
        with freeze_time("2027-01-10"):
            contract = self.contract(self.env["alarm.subscriber"], term_months=12)
            contract.device_ids = card
            contract.action_start()
            picking = make_picking(
                self, self.warehouse.out_type_id, self.stock, place, {self.detector: 1}
            )
            picking.move_ids.lot_ids = self.lot("DET-1")
            validate(picking)
        asset = self.asset("DET-1")
        self.assertEqual((asset.contract_id, asset.partner_id), (contract, self.customer))
        self.check_books(Leased_Equipment=100, Stock=-100)

    def test_a_purchase_at_residual_value_is_an_invoice_and_a_gain_or_loss(self):
        contract = self.contract(term_months=5, end_action="buy_out", residual_rate=40)
        self.lease(["DET-1", "DET-2"])
        asset = self.asset("DET-1")
        # 60 over the five months, so that 40 is left when he buys.
        self.assertEqual((asset.salvage_value, asset.depreciation_base), (40, 60))
        self.env["account.tax"].search([]).active = False
        self.company.account_sale_tax_id = False
        with freeze_time("2027-04-10"):
            wizard = (
                self.env["alarm.asset.buy.out"]
                .with_user(self.manager)
                .create({"contract_id": contract.id})
            )
            # In the term for what it is worth, unless they agree otherwise.
            self.assertEqual(wizard.line_ids.mapped("price"), [64, 64])
            self.assertEqual(wizard.line_ids.mapped("net_value"), [64, 64])
            wizard.line_ids.price = 40
            self.assertEqual(wizard.line_ids.mapped("gain"), [-24, -24])
            wizard.line_ids.filtered(lambda line: line.asset_id != asset).unlink()
            action = wizard.action_sell()
        invoice = self.env["account.move"].browse(action["res_id"])
        self.assertEqual((invoice.state, invoice.amount_untaxed), ("posted", 40))
        self.assertEqual(invoice.invoice_line_ids.account_id, self.accounts["Disposal"])
        self.assertEqual((asset.state, asset.alarm_end), ("removed", "sold"))
        # DET-2 is leased still. Its months up to now are not booked yet.
        self.check_books(Leased_Equipment=100, Stock=-200, Expense=36, Loss=24)
        card = self.card("DET-1")
        self.assertEqual((card.ownership, card.owner_id), ("sold", self.customer))
        self.assertEqual(self.lot("DET-1").location_id, self.location("sold"))
        self.assertEqual(self.card("DET-2").ownership, "leased")
        # No cost of sale: the piece left the stock when it was delivered.
        self.assertEqual(self.balances("Cost of Sale"), (0,))

    def test_a_purchase_above_its_value_is_a_gain(self):
        contract = self.contract(term_months=10)
        self.lease(["DET-1"])
        with freeze_time("2027-04-10"):
            invoices = self.card("DET-1")._buy_out(
                contract, {self.card("DET-1"): 100}, date(2027, 4, 10)
            )
        self.assertEqual(len(invoices), 1)
        self.check_books(Stock=-100, Expense=30, Gain=-30)
        charge = contract.charge_ids
        self.assertEqual((charge.state, charge.amount), ("charged", 100))
        with self.assertRaisesRegex(UserError, "No asset in the books"):
            self.card("DET-1")._buy_out(contract, {self.card("DET-1"): 100}, date(2027, 4, 10))

    def test_at_the_end_of_the_term_the_residual_value_is_left(self):
        contract = self.contract(term_months=5, end_action="buy_out", residual_rate=40)
        self.lease(["DET-1"])
        self.depreciate(date(2027, 12, 31))
        asset = self.asset("DET-1")
        self.assertEqual((asset.state, asset.net_value), ("close", 40))
        with freeze_time("2028-01-10"):
            self.card("DET-1")._buy_out(contract, {self.card("DET-1"): 40}, date(2028, 1, 10))
        self.check_books(Stock=-100, Expense=60)

    def test_the_price_is_in_the_currency_of_the_contract(self):
        other = self.env["res.currency"].create(
            {
                "name": "TDX",
                "symbol": "T",
                "rate_ids": [Command.create({"name": "2027-01-01", "rate": 2.0})],
            }
        )
        contract = self.contract(term_months=10)
        contract.manual_currency_id = other
        self.assertEqual(contract.currency_id, other)
        self.lease(["DET-1"])
        with freeze_time("2027-04-10"):
            wizard = self.env["alarm.asset.buy.out"].create({"contract_id": contract.id})
            self.assertEqual((wizard.line_ids.price, wizard.line_ids.gain), (140, 0))
            wizard.date = date(2027, 4, 11)
            with self.assertRaisesRegex(UserError, "a day to come"):
                wizard.action_sell()

    def test_only_a_contract_manager_sells(self):
        contract = self.contract(term_months=10)
        self.lease(["DET-1"])
        clerk = new_test_user(self.env, "t-clerk", "alarm_contract.group_clerk")
        with self.assertRaises(AccessError):
            self.env["alarm.asset.buy.out"].with_user(clerk).create({"contract_id": contract.id})

    def test_the_form_of_a_sale_shows_what_it_comes_to(self):
        contract = self.contract(term_months=10)
        self.lease(["DET-1"])
        with freeze_time("2027-04-10"):
            form = Form(
                self.env["alarm.asset.buy.out"]
                .with_user(self.manager)
                .with_context(default_contract_id=contract.id)
            )
            with form.line_ids.edit(0) as line:
                self.assertEqual(line.price, 70)
                line.price = 90
                self.assertEqual(line.gain, 20)
            form.save().action_sell()
        self.check_books(Stock=-100, Expense=30, Gain=-20, **{})

    def test_the_card_shows_the_asset_to_accounts_only(self):
        self.lease(["DET-1"])
        card = self.card("DET-1")
        with self.assertRaises(AccessError):
            card.with_user(self.back_office).read(["asset_id"])
        accountant = new_test_user(self.env, "t-accounts", "alarm_contract.group_clerk")
        self.assertEqual(card.with_user(accountant).asset_id, self.asset("DET-1"))
