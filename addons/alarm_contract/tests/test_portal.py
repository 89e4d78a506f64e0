from datetime import date, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import format_date

from ..models.contract_portal_fields import CONTRACT, LINE
from .common import ContractCase


@tagged("post_install", "-at_install")
class TestPortal(ContractCase, HttpCase):
    """The customer reads the own contracts, and nobody else's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = new_test_user(
            cls.env,
            "t-customer",
            "base.group_portal",
            name="Ada",
            email="ada@example.com",
            lang="en_US",
        )
        cls.person.partner_id.parent_id = cls.customer
        cls.stranger = new_test_user(
            cls.env, "t-stranger", "base.group_portal", name="Sam", lang="en_US"
        )
        cls.model.write({"notice_days": 45, "exit_method": "balance_share", "exit_rate": 40})
        start = date.today().replace(day=1)
        cls.contract = cls.run_contract(
            cls.fee(120.0),
            cls.fee(3.0, product=cls.maintenance, charge_kind="per_zone", period_months=3),
            start=start,
        )
        cls.moves = cls.contract._charge(date.today())
        cls.draft = cls.make_contract(name="Not signed")

    def page(self, contract=None, login="t-customer"):
        self.authenticate(login, login)
        return self.url_open(f"/my/contracts/{(contract or self.contract).id}")

    def test_the_page_says_terms_fees_invoices_and_what_comes_next(self):
        page = self.page().text
        self.assertIn("45 days before the end", page)
        self.assertIn("40 % of the fees that remain", page)
        self.assertIn("per zone, every quarter", page)
        self.assertIn(self.moves[:1].name, page)
        self.assertIn("Next Charge", page)
        self.assertIn("120.00", page)

    def test_the_next_charge_is_what_the_next_invoice_will_be(self):
        owed = self.contract._prepare_owed()
        day = self.contract.recurring_next_date
        self.assertIn(owed["total"], self.page().text)
        with freeze_time(day):
            moves = self.contract._charge(day)
        self.assertEqual(
            sum(row["value"] for row in owed["rows"]), sum(moves.mapped("amount_untaxed"))
        )
        self.assertEqual(len(owed["rows"]), len(moves.invoice_line_ids))

    def test_the_list_has_signed_contracts_only(self):
        self.authenticate("t-customer", "t-customer")
        page = self.url_open("/my/contracts").text
        self.assertIn(f"/my/contracts/{self.contract.id}", page)
        self.assertNotIn(f"/my/contracts/{self.draft.id}", page)
        self.assertIn("/my/contracts", self.url_open("/my/home").text)

    def test_the_list_says_what_is_overdue_to_who_pays_it(self):
        self.authenticate("t-customer", "t-customer")
        self.assertNotIn("Overdue", self.url_open("/my/contracts").text)
        self.contract.sudo().write({"overdue_amount": 120, "overdue_since": "2026-10-02"})
        self.assertIn("Overdue", self.url_open("/my/contracts").text)
        self.contract.invoice_partner_id = self.env["res.partner"].create({"name": "Carrier"})
        self.assertNotIn("Overdue", self.url_open("/my/contracts").text)

    def test_the_page_lists_the_equipment_with_its_owner(self):
        self.assertNotIn('name="equipment"', self.page().text)
        self.env["alarm.device"].create(
            {
                "name": "Keypad by the door",
                "kind": "keypad",
                "serial": "K-77",
                "subscriber_id": self.contract.subscriber_ids[:1].id,
                "ownership": "leased",
                "owner_id": self.env.company.partner_id.id,
            }
        )
        page = self.page().text
        self.assertIn("Keypad by the door", page)
        self.assertIn("K-77", page)
        self.assertIn("Leased", page)

    def test_a_draft_and_a_stranger_s_contract_lead_home(self):
        for contract, login in ((self.draft, "t-customer"), (self.contract, "t-stranger")):
            answer = self.page(contract, login)
            self.assertNotIn(f"/my/contracts/{contract.id}", answer.url)
            self.assertNotIn(contract.name, answer.text)

    def test_over_rpc_a_customer_reads_no_more_than_on_the_page(self):
        own = self.contract.with_user(self.person)
        self.assertEqual(own.name, self.contract.name)
        self.assertTrue(own.contract_line_ids.mapped("name"))
        for records in (self.contract, self.contract.contract_line_ids, self.draft):
            user = self.person if records == self.draft else self.stranger
            with self.assertRaises(AccessError):
                records.with_user(user).read(["name"])
        # Following a contract gives nobody the right to it.
        self.contract.message_subscribe(self.stranger.partner_id.ids)
        with self.assertRaises(AccessError):
            self.contract.with_user(self.stranger).read(["name"])
        self.assertFalse(self.env["contract.line"].with_user(self.stranger).search([]))
        for model in ("alarm.charge", "alarm.business.model"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.person).search([])
        with self.assertRaises(AccessError):
            own.write({"note": "mine"})
        for internal in ("monthly_cost", "subsidy_amount", "dunning_pause_reason"):
            with self.assertRaises(AccessError):
                own.read([internal])

    def test_over_rpc_a_customer_reads_only_the_fields_that_are_listed(self):
        for records, listed in (
            (self.contract, CONTRACT),
            (self.contract.contract_line_ids, LINE),
        ):
            own = records.with_user(self.person)
            told = set(own.fields_get())
            self.assertLessEqual(told, listed)
            self.assertEqual(set(own.read()[0]), told)
            for name, field in records._fields.items():
                if name in listed:
                    continue
                with self.subTest(model=own._name, field=name):
                    with self.assertRaises(AccessError):
                        own.read([name])
                    if field.store and field.column_type and field.type != "json":
                        # That a field is not empty where it never is tells nothing.
                        if not field.required:
                            with self.assertRaises(AccessError):
                                own.search([(name, "!=", False)])
                        with self.assertRaises(AccessError):
                            own.search([], order=name)
                        with self.assertRaises(AccessError):
                            own.formatted_read_group([], [name], ["__count"])
            with self.assertRaises(UserError):
                own.export_data(["name", "create_uid/login"])

    def test_over_rpc_a_customer_reads_no_costs_of_the_own_invoices(self):
        move = self.moves[:1]
        move.message_subscribe(self.person.partner_id.ids)
        account = move.invoice_line_ids.account_id[:1]
        lines = self.env["account.move.line"]
        cost = lines.create(
            [
                {
                    "move_id": move.id,
                    "account_id": account.id,
                    "display_type": "cogs",
                    "debit": debit,
                    "credit": credit,
                }
                for debit, credit in ((40.0, 0.0), (0.0, 40.0))
            ]
        )
        seen = lines.with_user(self.person).search([("move_id", "=", move.id)])
        self.assertTrue(seen)
        self.assertFalse(seen & cost)

    def test_who_does_not_pay_sees_no_prices(self):
        carrier = self.env["res.partner"].create({"name": "Red Carrier"})
        self.contract.invoice_partner_id = carrier
        page = self.page().text
        self.assertIn("Red Carrier", page)
        self.assertNotIn("120.00", page)
        # Nor over RPC; the list is there all the same.
        lines = self.contract.contract_line_ids.with_user(self.person)
        with self.assertRaises(AccessError):
            lines.read(["price_unit"])
        self.assertIn(self.contract.code, self.url_open("/my/contracts").text)

    def test_what_is_overdue_and_what_follows_is_said_with_the_legal_text(self):
        self.assertNotIn("overdue", self.page().text)
        self.contract.sudo().write(
            {
                "overdue_amount": 120,
                "overdue_since": "2026-10-02",
                "fee_state": "notice",
                "log_only_on": "2026-12-24",
            }
        )
        level = self.env["alarm.dunning.level"].search([("action", "=", "notice")], limit=1)
        self.env["alarm.dunning.step"].create(
            {
                "contract_id": self.contract.id,
                "level_id": level.id,
                "action": "notice",
                "legal_text": "<p>By paragraph 12 of the terms</p>",
                "on": "2026-11-20",
            }
        )
        page = self.page().text
        self.assertIn("120.00", page)
        self.assertIn("is overdue since", page)
        self.assertIn(format_date(self.env, date(2026, 12, 24), lang_code="en_US"), page)
        self.assertIn("<p>By paragraph 12 of the terms</p>", page)
        # The payer is told, and nobody else.
        self.contract.invoice_partner_id = self.env["res.partner"].create({"name": "Carrier"})
        self.assertNotIn("overdue", self.page().text)

    def test_a_pending_cancellation_says_the_last_day(self):
        reason = self.env["contract.terminate.reason"].create({"name": "Moved"})
        cancellation = self.env["alarm.contract.cancellation"].create(
            {
                "contract_id": self.contract.id,
                "reason_id": reason.id,
                "comment": "x",
                "notice_date": date.today(),
                "effective_date": date.today() + timedelta(days=60),
            }
        )
        cancellation.with_user(self.manager).action_confirm()
        page = self.page().text
        self.assertIn("The contract was cancelled.", page)
        self.assertNotIn("Moved", page)

    def test_a_plain_contract_keeps_its_page(self):
        plain = self.env["contract.contract"].create(
            {"name": "Plain", "partner_id": self.customer.id}
        )
        plain.message_subscribe(self.person.partner_id.ids)
        self.assertIn("contract_content", self.page(plain).text)

    def test_the_link_with_a_token_needs_no_login(self):
        token = self.contract._portal_ensure_token()
        url = f"/my/contracts/{self.contract.id}?access_token={token}"
        self.assertIn(self.contract.code, self.url_open(url).text)
        wrong = self.url_open(f"/my/contracts/{self.contract.id}?access_token=x")
        self.assertNotIn(self.contract.code, wrong.text)
