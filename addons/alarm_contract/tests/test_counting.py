from datetime import date

from odoo.tests import tagged

from .common import ContractCase


@tagged("post_install", "-at_install")
class TestCounting(ContractCase):
    """`MonitoringCase` gives the site one billable zone."""

    def add_zones(self, panel, *numbers, **values):
        return self.env["alarm.zone"].create(
            [
                {"panel_id": panel.id, "number": number, "name": f"Zone {number}", **values}
                for number in numbers
            ]
        )

    def detectors(self, subscriber, number, **values):
        return self.env["alarm.device"].create(
            [
                {
                    "name": f"Detector {index}",
                    "kind": "detector",
                    "subscriber_id": subscriber.id,
                    **values,
                }
                for index in range(number)
            ]
        )

    def test_billable_zones_are_counted_on_the_day(self):
        contract = self.run_contract(self.fee(10.0, charge_kind="per_zone"))
        self.add_zones(self.panel, "6", "7")
        self.add_zones(self.panel, "8", billable=False)
        self.add_zones(self.panel, "9", active=False)
        moves = contract._charge(date(2026, 1, 1))
        self.assertEqual(moves.invoice_line_ids.quantity, 3)
        self.assertEqual(moves.amount_total, 30.0)
        self.assertIn("3 zones", contract.charge_ids.counted)
        self.add_zones(self.panel, "10")
        self.assertEqual(contract._charge(date(2026, 2, 1)).amount_total, 40.0)

    def test_detectors_are_counted_at_all_sites_of_the_line(self):
        other = self.make_panel("7002").subscriber_id
        contract = self.run_contract(
            self.fee(10.0, charge_kind="per_detector"),
            self.fee(1.0, charge_kind="per_detector", subscriber_id=other.id),
            subscriber_ids=[(6, 0, (self.subscriber | other).ids)],
        )
        self.detectors(self.subscriber, 2)
        self.detectors(other, 3)
        self.detectors(other, 1, state="lost")
        self.detectors(other, 1, installed_on=date(2026, 1, 2))
        moves = contract._charge(date(2026, 1, 1))
        self.assertEqual([amount for _name, amount in self.amounts(moves)], [50.0, 3.0])

    def test_sites_that_are_not_served_yet_are_not_counted(self):
        draft = self.make_panel("7002", state="draft")
        self.add_zones(draft, "1", "2")
        contract = self.run_contract(
            self.fee(10.0, charge_kind="per_zone"),
            subscriber_ids=[(6, 0, (self.subscriber | draft.subscriber_id).ids)],
        )
        line = contract.contract_line_ids
        self.assertEqual(line._count(date(2026, 1, 1)), {line: 1})

    def test_each_site_pays_for_its_own_zones(self):
        other = self.make_panel("7002")
        self.add_zones(other, "1", "2")
        contract = self.run_contract(
            self.fee(10.0, charge_kind="per_zone"),
            subscriber_ids=[(6, 0, (self.subscriber | other.subscriber_id).ids)],
            invoice_grouping="site",
        )
        moves = contract._charge(date(2026, 1, 1))
        self.assertEqual(sorted(moves.mapped("amount_total")), [10.0, 20.0])
        self.assertEqual(contract.charge_ids.subscriber_id, contract.subscriber_ids)
        self.assertEqual(contract.recurring_next_date, date(2026, 2, 1))

    def test_a_contract_without_premises_counts_what_it_names(self):
        recorders = self.env["alarm.device"].create(
            [{"name": f"Recorder {index}", "kind": "recorder"} for index in range(3)]
        )
        contract = self.run_contract(
            self.fee(10.0, charge_kind="per_detector"),
            subscriber_ids=[(5,)],
            device_ids=[(6, 0, recorders.ids)],
        )
        recorders[0].state = "lost"
        self.assertEqual(contract._charge(date(2026, 1, 1)).amount_total, 20.0)

    def test_nothing_counted_is_nothing_owed(self):
        contract = self.run_contract(self.fee(10.0, charge_kind="per_detector"))
        self.assertFalse(contract._charge(date(2026, 1, 1)))
        self.assertEqual(contract.charge_ids.state, "waived")
        self.assertEqual(contract.recurring_next_date, date(2026, 2, 1))

    def test_a_counted_line_is_worth_what_is_counted(self):
        contract = self.run_contract(self.fee(120.0, charge_kind="per_zone", period_months=12))
        self.add_zones(self.panel, "6", "7")
        self.assertEqual(contract.contract_line_ids.monthly_amount, 30.0)
        contract._refresh_monthly_revenue()
        self.assertEqual(contract.monthly_revenue, 30.0)
