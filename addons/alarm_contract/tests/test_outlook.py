from datetime import date

from freezegun import freeze_time

from odoo.tests import tagged

from ..tools.timeline import Event, in_order, scale_of
from .common import ContractCase


@tagged("post_install", "-at_install")
@freeze_time("2026-02-10")
class TestOutlook(ContractCase):
    """What a clerk reads of a contract."""

    def texts(self, contract):
        return {text for day in contract.timeline["days"] for text in day["texts"]}

    def test_a_contract_is_found_by_its_number_and_its_customer(self):
        contract = self.make_contract()
        for words in (contract.code, contract.partner_id.name, contract.name):
            found = self.env["contract.contract"].name_search(words, limit=None)
            self.assertIn(contract.id, [one for one, _name in found])

    def test_a_contract_is_offered_before_the_company_is_known(self):
        for model in self.env.values():
            field = model._fields.get("contract_id")
            company = model._fields.get("company_id")
            if (
                field
                and company
                and company.related == "contract_id.company_id"
                and not (field.readonly or field.related)
            ):
                domain = model.fields_get(["contract_id"])["contract_id"].get("domain", "")
                self.assertNotIn("company_id", str(domain), model._name)

    def test_a_line_is_at_least_a_year_and_has_today_on_it(self):
        today = date(2026, 2, 10)
        scale = scale_of([date(2026, 3, 1)], today)
        self.assertEqual((scale.first, scale.last), (today, date(2027, 2, 10)))
        self.assertEqual(scale.at(today), 0)
        self.assertEqual(scale.at(date(2030, 1, 1)), 100)

    def test_what_is_said_twice_of_a_day_is_said_once(self):
        day = date(2026, 1, 1)
        events = [Event(day, "end", "B"), Event(day, "end", "A"), Event(day, "end", "B")]
        self.assertEqual(
            [[event.text for event in group] for _day, group in in_order(events)], [["A", "B"]]
        )

    def test_a_draft_says_what_it_waits_for(self):
        contract = self.make_contract()
        self.assertEqual(contract.owed["rows"], [])
        [waiting] = contract.owed["waiting"]
        self.assertEqual(waiting["why"], "begins with the service")
        self.assertFalse(contract.timeline)

    def test_the_next_charge_is_shown_with_its_reason(self):
        contract = self.run_contract(
            self.fee(310.0, discount=50, discount_until=date(2026, 1, 10)),
            self.fee(10.0, charge_kind="per_zone"),
            start=date(2026, 1, 1),
        )
        owed = contract.owed
        self.assertTrue(owed["overdue"])
        # January and February.
        self.assertEqual(len(owed["rows"]), 4)
        self.assertIn("50 % discount until", owed["rows"][0]["why"])
        self.assertEqual(owed["rows"][0]["value"], 260.0)
        self.assertTrue(any("1 zones" in row["why"] for row in owed["rows"]))
        contract._charge(date(2026, 2, 10))
        contract.invalidate_recordset(["owed"])
        self.assertFalse(contract.owed["overdue"])
        self.assertEqual(len(contract.owed["rows"]), 2)

    def test_what_others_added_is_owed_too(self):
        contract = self.run_contract(start=date(2026, 2, 10))
        contract._charge(date(2026, 2, 10))
        self.env["alarm.charge"]._add(
            [
                {
                    "contract_id": contract.id,
                    "kind": "attendance",
                    "name": "Attendance",
                    "amount": 80.0,
                    "source_ref": "test:owed",
                }
            ]
        )
        self.assertEqual(
            {row["name"] for row in contract.owed["rows"]}, {"Test Monitoring", "Attendance"}
        )

    def test_the_term_its_notice_and_price_steps_are_on_the_line(self):
        contract = self.run_contract(start=date(2026, 1, 1))
        line = contract.contract_line_ids
        line.stop(date(2026, 6, 30), post_message=False)
        successor = line.plan_successor(date(2026, 7, 1), False, False, post_message=False)
        successor.specific_price = 110.0
        texts = self.texts(contract)
        self.assertLessEqual({"Signed", "Term ends", "Last day for a notice"}, texts)
        self.assertTrue(any("→" in text for text in texts))
        self.assertEqual(successor.anchor_date, date(2026, 1, 1))

    def test_the_model_is_told_in_words(self):
        self.model.write({"exit_method": "balance_share", "exit_rate": 50})
        words = self.make_contract().terms_in_words
        self.assertIn("12 months from the start of the service", words)
        self.assertIn("12 months from the start of the service", self.model.terms_in_words)
        self.assertIn("50 % of the fees that remain", words)

    def test_equipment_is_what_stands_there_and_what_is_named(self):
        named, standing, _stranger = self.env["alarm.device"].create(
            [
                {"name": "Test Recorder", "kind": "recorder"},
                {"name": "Test Keypad", "kind": "keypad", "subscriber_id": self.subscriber.id},
                {"name": "Test Siren", "kind": "siren"},
            ]
        )
        contract = self.make_contract(device_ids=[(6, 0, named.ids)])
        self.assertEqual(contract.equipment_ids, named | standing)

    def test_a_contract_opens_in_its_own_form(self):
        contract = self.make_contract()
        self.assertEqual(
            contract.get_formview_id(),
            self.env.ref("alarm_contract.contract_contract_view_form").id,
        )
        action = self.customer.with_context(contract_type="sale").act_show_contract()
        self.assertIn(contract, contract.search(action["domain"]))
