from datetime import date, datetime

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.alarm_dispatch.tests.common import DispatchCase

from .common import ContractCase, setup_contracts


@tagged("post_install", "-at_install")
class TestAttendances(DispatchCase):
    """Fees for attendances, out of finished dispatch orders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        setup_contracts(cls)
        # So are those of the premises, which were made before.
        cls.subscriber.tz = "UTC"
        cls.attendance = cls.env["product.product"].create(
            {"name": "Attendance", "type": "service", "taxes_id": [(5, 0, 0)]}
        )

    fee = classmethod(ContractCase.fee.__func__)
    make_contract = classmethod(ContractCase.make_contract.__func__)
    run_contract = classmethod(ContractCase.run_contract.__func__)

    @classmethod
    def attendance_fee(cls, **values):
        return cls.fee(
            80.0, product=cls.attendance, charge_kind="per_attendance", begins="signature", **values
        )

    def attend(self, kind="false", day=None, subscriber=None, number=1):
        """Finished orders of a closed incident, written down as the past would have left them."""
        resolution = self.env["alarm.resolution"].search([("kind", "=", kind)], limit=1)
        incident = self.incident.sudo()
        incident._write_private({"state": "closed", "resolution_id": resolution.id})
        subscriber = subscriber or self.subscriber
        orders = self.env["alarm.dispatch"].create(
            [
                {
                    "incident_id": incident.id,
                    "subscriber_id": subscriber.id,
                    "company_id": subscriber.company_id.id,
                    "site_name": subscriber.name,
                    "state": "finished",
                    "finished_at": fields.Datetime.to_datetime(day or date(2026, 6, 1)),
                }
                for _number in range(number)
            ]
        )
        return orders

    def charge(self):
        return self.env["alarm.charge"]._charge_attendances()

    def test_one_by_a_price_list_costs_what_the_list_says_on_its_day(self):
        item = {
            "applied_on": "1_product",
            "product_tmpl_id": self.attendance.product_tmpl_id.id,
            "compute_price": "fixed",
        }
        prices = self.env["product.pricelist"].create(
            {
                "name": "Dealers",
                "currency_id": self.company.currency_id.id,
                "item_ids": [
                    Command.create({**item, "fixed_price": 50.0}),
                    Command.create(
                        {**item, "fixed_price": 60.0, "date_start": datetime(2026, 6, 1)}
                    ),
                ],
            }
        )
        self.run_contract(self.attendance_fee(automatic_price=True), pricelist_id=prices.id)
        self.attend(day=date(2026, 5, 31))
        self.attend(day=date(2026, 6, 1))
        self.assertEqual(sorted(self.charge().mapped("amount")), [50.0, 60.0])

    def test_a_finished_order_is_charged_once_its_incident_is_closed(self):
        contract = self.run_contract(self.attendance_fee())
        order = self.dispatch()
        mine = self.bring(order, "on_site")
        self.report(mine, "false")
        mine.action_finish()
        self.assertFalse(self.charge())
        self.incident.sudo()._write_private(
            {
                "state": "closed",
                "resolution_id": self.env["alarm.resolution"]
                .search([("kind", "=", "false")], limit=1)
                .id,
            }
        )
        charge = self.charge()
        self.assertEqual((charge.state, charge.amount), ("chargeable", 80.0))
        self.assertEqual(charge.contract_id, contract)
        self.assertEqual(charge.subscriber_id, self.subscriber)
        self.assertEqual(charge.dispatch_id, order)
        self.assertIn(order.name, charge.name)

    def test_never_twice(self):
        contract = self.run_contract(self.attendance_fee())
        self.attend()
        self.assertEqual(len(self.charge()), 1)
        self.assertFalse(self.charge())
        moves = contract._charge(date(2026, 6, 2))
        self.assertEqual(moves.amount_total, 80.0)
        self.assertFalse(self.charge())
        self.assertFalse(contract._charge(date(2026, 6, 3)))

    def test_two_contracts_charge_one_attendance_once_by_the_fee_of_the_site(self):
        other = self.make_panel("7005").subscriber_id
        whole = self.run_contract(
            self.attendance_fee(), subscriber_ids=[(6, 0, (self.subscriber | other).ids)]
        )
        own = self.run_contract(self.attendance_fee(subscriber_id=self.subscriber.id))
        self.attend()
        self.attend(subscriber=other)
        charges = self.charge()
        self.assertEqual(
            {charge.subscriber_id: charge.contract_id for charge in charges},
            {self.subscriber: own, other: whole},
        )

    def test_the_free_quota_comes_first_and_is_listed(self):
        self.run_contract(self.attendance_fee(free_quota=2, quota_months=12))
        for month in (5, 3, 4):
            self.attend(day=date(2026, month, 1))
        charges = self.charge().sorted("date_due")
        self.assertEqual(charges.mapped("state"), ["waived", "waived", "chargeable"])
        self.assertEqual(charges.mapped("is_free"), [True, True, False])
        self.assertIn("2", charges[0].waive_reason)
        self.attend(day=date(2026, 2, 1))
        self.attend(day=date(2027, 2, 1))
        later = self.charge().sorted("date_due")
        self.assertEqual(later.mapped("is_free"), [False, True])

    def test_a_new_price_goes_on_with_the_quota(self):
        contract = self.run_contract(self.attendance_fee(free_quota=1))
        self.attend(day=date(2026, 2, 1))
        self.charge()
        old = contract.contract_line_ids
        new = old.copy({"date_start": date(2026, 7, 1), "specific_price": 90.0})
        new.anchor_date = old.anchor_date
        old.date_end = date(2026, 6, 30)
        self.attend(day=date(2026, 8, 1))
        charge = self.charge()
        self.assertEqual((charge.contract_line_id, charge.is_free), (new, False))

    def test_only_the_kinds_that_the_fee_names_are_charged(self):
        contract = self.run_contract(self.attendance_fee(free_quota=0))
        line = contract.contract_line_ids
        self.attend("technical")
        self.assertFalse(self.charge())
        line.attendance_for = "false_technical"
        self.assertEqual(len(self.charge()), 1)
        self.attend("real")
        self.assertFalse(self.charge())
        line.attendance_for = "all"
        self.assertEqual(len(self.charge()), 1)

    def test_before_and_after_the_fee_nothing_is_charged(self):
        contract = self.run_contract(self.attendance_fee())
        contract.contract_line_ids.date_end = date(2026, 6, 30)
        self.attend(day=date(2025, 12, 30))
        self.attend(day=date(2026, 7, 2))
        self.assertFalse(self.charge())

    def test_the_day_is_that_of_the_premises(self):
        contract = self.run_contract(self.attendance_fee())
        contract.contract_line_ids.date_end = date(2026, 6, 30)
        self.subscriber.tz = "Asia/Shanghai"
        order = self.attend()
        order._write_private({"finished_at": "2026-06-30 17:00:00"})  # 1 July there
        self.assertFalse(self.charge())
        order._write_private({"finished_at": "2026-06-30 15:00:00"})
        self.assertEqual(self.charge().date_due, date(2026, 6, 30))

    def test_waiving_needs_a_manager_and_a_reason(self):
        self.run_contract(self.attendance_fee())
        self.attend()
        charge = self.charge()
        with self.assertRaises(UserError):
            charge.with_user(self.clerk).action_waive()
        wizard = self.env["alarm.charge.waive"]
        with self.assertRaises(AccessError):
            wizard.with_user(self.clerk).create({"charge_ids": charge.ids, "reason": "x"})
        with self.assertRaises(UserError):
            wizard.with_user(self.manager).create(
                {"charge_ids": charge.ids, "reason": " "}
            ).action_apply()
        wizard.with_user(self.manager).create(
            {"charge_ids": charge.ids, "reason": "our mistake"}
        ).action_apply()
        self.assertEqual(charge.state, "waived")
        self.assertIn("our mistake", charge.waive_reason)
        self.assertFalse(self.charge())

    def test_many_cost_the_same_queries_to_find(self):
        self.run_contract(self.attendance_fee())
        self.attend(number=2)
        self.env["alarm.charge"]._finished_attendances()
        self.attend(number=20)
        self.env.flush_all()
        with self.assertQueryCount(1):
            found = self.env["alarm.charge"]._finished_attendances()
        self.assertEqual(len(found), 22)
        self.assertTrue(all(row["on"] == date(2026, 6, 1) for row in found))
