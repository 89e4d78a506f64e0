from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import format_date

from .test_changes import ChangeCase


@tagged("post_install", "-at_install")
class TestPriceCampaign(ChangeCase):
    def campaign(self, **values):
        return (
            self.env["alarm.price.campaign"]
            .with_user(self.manager)
            .create(
                {
                    "name": "Prices of 2027",
                    "date": date(2027, 1, 1),
                    "by_terms": False,
                    "kind": "percent",
                    "value": 5.0,
                    "business_model_ids": [Command.set(self.model.ids)],
                    **values,
                }
            )
        )

    def row(self, campaign, contract):
        return campaign.line_ids.filtered(lambda row: row.contract_id == contract)

    def test_the_preview_changes_nothing_and_applying_does(self):
        contract = self.run_contract(self.fee(200.0))
        contract._charge(date(2026, 12, 1))
        campaign = self.campaign()
        campaign.action_preview()
        row = self.row(campaign, contract)
        self.assertEqual((row.state, row.old_price, row.new_price), ("planned", 200.0, 210.0))
        self.assertEqual(row.date, date(2027, 1, 1))
        self.assertEqual((row.percent, row.monthly_change), (5.0, 10.0))
        line = contract.contract_line_ids
        self.assertEqual(line.price_unit, 200.0)
        self.assertFalse(line.price_step_ids)
        campaign.action_apply()
        self.assertEqual(campaign.state, "applied")
        self.assertEqual(line.price_unit, 200.0)
        self.env["alarm.price.step"]._run_due(date(2027, 1, 1))
        self.assertEqual(line.price_unit, 210.0)
        self.assertEqual(contract._charge(date(2027, 1, 1)).amount_total, 210.0)

    def test_it_is_applied_once(self):
        contract = self.run_contract(self.fee(200.0))
        campaign = self.campaign(date=date(2026, 10, 1))
        campaign.action_preview()
        campaign.action_apply()
        for again in (campaign.action_apply, campaign.action_preview):
            with self.assertRaises(UserError):
                again()
        self.env["alarm.price.campaign"]._run_due()
        campaign.line_ids._apply()
        self.assertEqual(contract.contract_line_ids.price_unit, 210.0)
        self.assertEqual(len(contract.contract_line_ids.price_step_ids), 1)

    def test_nobody_undoes_or_types_what_was_applied(self):
        contract = self.run_contract(self.fee(200.0))
        campaign = self.campaign(date=date(2026, 10, 1))
        campaign.action_preview()
        row = self.row(campaign, contract)
        with self.assertRaises(UserError):
            row.write({"state": "applied"})
        campaign.action_apply()
        step = contract.contract_line_ids.price_step_ids
        for operation in (
            row.unlink,
            row.copy,
            lambda: row.write({"state": "planned"}),
            lambda: step.with_user(self.manager).write({"new_price": 1.0}),
            lambda: step.with_user(self.clerk).write({"state": "planned"}),
            lambda: step.with_user(self.manager).copy({"date_from": date(2026, 11, 1)}),
        ):
            with self.assertRaises(UserError):
                operation()

    def test_what_is_being_applied_is_not_typed_any_more(self):
        contract = self.run_contract(self.fee(200.0))
        campaign = self.campaign(date=date(2026, 10, 1))
        campaign.action_preview()
        row = self.row(campaign, contract)
        row.new_price = 220.0
        campaign._write_by_verb({"state": "applying"})
        with self.assertRaisesRegex(UserError, "still planned"):
            row.new_price = 1.0
        campaign._apply_batch()
        self.assertEqual((row.state, row.new_price), ("applied", 220.0))

    def test_a_period_has_the_price_that_held_when_it_began(self):
        arrears = self.run_contract(self.fee(200.0, recurring_invoicing_type="post-paid"))
        late = self.run_contract(self.fee(200.0))
        for contract in (arrears, late):
            contract._charge(date(2026, 10, 1))
        campaign = self.campaign(date=date(2026, 11, 1))
        campaign.action_preview()
        campaign.action_apply()
        self.assertEqual(late.contract_line_ids.price_unit, 210.0)
        # October is charged after its end, at the price of October.
        self.assertEqual(arrears._charge(date(2026, 11, 1)).amount_total, 200.0)
        self.assertEqual(arrears._charge(date(2026, 12, 1)).amount_total, 210.0)
        self.assertEqual(
            [amount for _name, amount in self.amounts(late._charge(date(2026, 12, 1)))],
            [210.0, 210.0],
        )

    def test_what_is_counted_comes_to_more_by_as_many_as_there_are(self):
        for number in ("1", "2", "3"):
            self.env["alarm.zone"].create(
                {"panel_id": self.panel.id, "number": number, "name": f"Zone {number}"}
            )
        line = self.fee(
            60.0,
            charge_kind="per_zone",
            period_months=3,
            discount=50,
            discount_until=date(2027, 6, 30),
        )
        contract = self.run_contract(line)
        count = contract.contract_line_ids._count(date.today())[contract.contract_line_ids]
        self.assertGreaterEqual(count, 3)
        campaign = self.campaign()
        campaign.action_preview()
        row = self.row(campaign, contract)
        # 3 more each, every 3 months, at half the price.
        self.assertEqual((row.new_price, row.monthly_change), (63.0, 0.5 * count))
        self.assertEqual(campaign.monthly_change, row.monthly_change)

    def test_what_is_paid_stays_at_its_price(self):
        contract = self.run_contract(self.fee(1200.0, period_months=12), start=date(2026, 3, 1))
        contract._charge(date(2026, 3, 1))
        campaign = self.campaign()
        campaign.action_preview()
        self.assertEqual(self.row(campaign, contract).date, date(2027, 3, 1))

    def test_young_contracts_and_those_under_notice_are_skipped_and_said(self):
        old = self.run_contract()
        young = self.run_contract(start=date(2026, 7, 1))
        leaving = self.run_contract()
        self.env["alarm.contract.cancellation"].create(
            {
                "contract_id": leaving.id,
                "notice_date": date(2026, 11, 1),
                "effective_date": date(2027, 6, 30),
                "reason_id": self.reason.id,
            }
        )._confirm()
        campaign = self.campaign(min_months=12)
        campaign.action_preview()
        self.assertEqual(self.row(campaign, old).state, "planned")
        self.assertEqual(self.row(campaign, young).reason, "Younger than 12 months.")
        self.assertEqual(self.row(campaign, leaving).reason, "Under notice.")
        self.assertEqual((campaign.change_count, campaign.skip_count), (1, 2))

    def test_each_contract_goes_by_its_own_terms(self):
        percent = self.run_contract(escalation_kind="percent", escalation_value=3.0)
        amount = self.run_contract(
            self.fee(300.0, period_months=3), escalation_kind="amount", escalation_value=2.0
        )
        none = self.run_contract(escalation_kind="none")
        campaign = self.campaign(by_terms=True)
        campaign.action_preview()
        self.assertEqual(self.row(campaign, percent).new_price, 103.0)
        self.assertEqual(self.row(campaign, amount).new_price, 306.0)
        self.assertFalse(self.row(campaign, none))

    def test_an_index_with_cap_and_floor(self):
        index = self.env["alarm.price.index"].create(
            {
                "name": "Consumer Prices",
                "value_ids": [
                    Command.create({"month": date(2026, 1, 15), "value": 100.0}),
                    Command.create({"month": date(2026, 12, 1), "value": 104.0}),
                ],
            }
        )
        contract = self.run_contract(self.fee(200.0))
        free = self.campaign(kind="index", index_id=index.id)
        free.action_preview()
        self.assertEqual(self.row(free, contract).new_price, 208.0)
        free.action_draft()
        capped = self.campaign(kind="index", index_id=index.id, use_cap=True, cap=2.5)
        capped.action_preview()
        row = self.row(capped, contract)
        self.assertEqual((row.new_price, row.reason), (205.0, "4.00 % limited to 2.50 %"))
        capped.action_draft()
        floored = self.campaign(kind="index", index_id=index.id, use_floor=True, floor=6.0)
        floored.action_preview()
        self.assertEqual(self.row(floored, contract).new_price, 212.0)

    def test_a_fixed_reference_reckons_from_what_was_signed(self):
        index = self.env["alarm.price.index"].create(
            {
                "name": "Consumer Prices",
                "value_ids": [
                    Command.create({"month": date(2026, 1, 1), "value": 100.0}),
                    Command.create({"month": date(2026, 6, 1), "value": 102.0}),
                    Command.create({"month": date(2026, 12, 1), "value": 104.0}),
                ],
            }
        )
        contract = self.run_contract(self.fee(200.0))
        values = {"kind": "index", "index_id": index.id, "index_reference": "signed"}
        first = self.campaign(date=date(2026, 6, 1), **values)
        first.action_preview()
        first.action_apply()
        line = contract.contract_line_ids
        self.assertEqual((line.price_unit, line.base_price), (204.0, 200.0))
        second = self.campaign(**values)
        second.action_preview()
        self.assertEqual(self.row(second, contract).new_price, 208.0)
        second.action_draft()
        third = self.campaign(kind="index", index_id=index.id)
        third.action_preview()
        self.assertEqual(self.row(third, contract).new_price, 208.0)

    def test_what_changed_since_the_preview_is_left_alone_and_said(self):
        ended, dearer, fine = (self.run_contract(self.fee(200.0)) for _number in range(3))
        campaign = self.campaign(date=date(2026, 10, 1))
        campaign.action_preview()
        ended.contract_line_ids._stop_before(date(2026, 9, 1), "drop")
        dearer.contract_line_ids.specific_price = 220.0
        campaign.action_apply()
        states = [self.row(campaign, one).state for one in (ended, dearer, fine)]
        self.assertEqual(states, ["skipped", "skipped", "applied"])

    def test_a_row_is_left_out_by_hand_or_gets_another_price(self):
        first, second = self.run_contract(), self.run_contract()
        campaign = self.campaign(date=date(2026, 10, 1))
        campaign.action_preview()
        self.row(campaign, first).action_skip()
        self.row(campaign, second).new_price = 101.0
        campaign.action_apply()
        self.assertEqual(first.contract_line_ids.price_unit, 100.0)
        self.assertEqual(second.contract_line_ids.price_unit, 101.0)

    def test_two_campaigns_do_not_meet_in_one_fee(self):
        contract = self.run_contract()
        self.campaign().action_preview()
        other = self.campaign(name="Another")
        other.action_preview()
        row = self.row(other, contract)
        self.assertEqual(
            (row.state, row.reason), ("skipped", "In the campaign Prices of 2027 already.")
        )

    def test_a_planned_price_survives_a_move_and_a_suspension(self):
        other = self.other_site()
        contract = self.run_contract(self.fee(200.0, subscriber_id=self.subscriber.id))
        campaign = self.campaign()
        campaign.action_preview()
        campaign.action_apply()
        contract._action_change(
            "move",
            date(2026, 11, 1),
            subscriber_id=self.subscriber.id,
            to_subscriber_id=other.id,
            removal=False,
        )
        contract._action_change("suspend", date(2026, 11, 10), reason_id=self.reason.id)
        contract._action_change("reactivate", date(2026, 11, 20))
        self.env["alarm.price.step"]._run_due(date(2027, 1, 1))
        line = contract.contract_line_ids.sorted("date_start")[-1]
        self.assertEqual((line.price_unit, line.base_price), (210.0, 200.0))

    def test_customers_are_told_once_with_all_their_prices(self):
        self.customer.email = "customer@example.com"
        contract = self.run_contract(self.fee(200.0), self.fee(50.0, product=self.maintenance))
        campaign = self.campaign()
        campaign.action_preview()
        campaign.action_apply()
        mails = self.env["mail.mail"].search(
            [
                ("model", "=", "alarm.price.campaign.line"),
                ("res_id", "in", self.row(campaign, contract).ids),
            ]
        )
        self.assertEqual(len(mails), 1)
        day = format_date(self.env, date(2027, 1, 1), lang_code=self.customer.lang)
        for words in ("210.00", "52.50", day, contract.code):
            self.assertIn(words, mails.body_html)
        self.assertEqual(mails.recipient_ids, self.customer)

    def test_much_is_applied_in_batches_that_go_on(self):
        contracts = [self.run_contract(self.fee(), self.fee(50.0)) for _number in range(3)]
        campaign = self.campaign(date=date(2026, 10, 1), notify=False)
        campaign.action_preview()
        campaign._write_by_verb({"state": "applying"})
        # A contract is never torn apart by a batch.
        self.assertEqual(campaign._apply_batch(limit=1), 4)
        self.assertEqual(campaign._apply_batch(limit=3), 0)
        self.assertEqual(campaign.state, "applied")
        for contract in contracts:
            self.assertEqual(contract.contract_line_ids.mapped("price_unit"), [105.0, 52.5])

    def test_only_a_manager_changes_prices(self):
        campaign = self.campaign()
        for verb in ("action_preview", "action_apply"):
            with self.assertRaises(AccessError):
                getattr(campaign.with_user(self.clerk), verb)()
        with self.assertRaises(UserError):
            campaign.state = "applied"

    def test_the_end_of_a_discount_is_a_price_step_of_its_own(self):
        contract = self.run_contract(self.fee(200.0, discount=10, discount_until=date(2026, 3, 31)))
        line = contract.contract_line_ids
        amounts = [
            line._get_monthly_amounts(day)[line] for day in (date(2026, 3, 31), date(2026, 4, 1))
        ]
        self.assertEqual(amounts, [180.0, 200.0])


@tagged("post_install", "-at_install")
class TestPriceStepsOfTheDay(ChangeCase):
    def step(self, contract, day):
        return self.env["alarm.price.step"]._make(
            [
                {
                    "contract_line_id": contract.contract_line_ids.id,
                    "date_from": day,
                    "old_price": 100.0,
                    "new_price": 105.0,
                }
            ]
        )

    def test_one_that_cannot_be_done_is_listed_once_and_keeps_no_other(self):
        bad, good = (self.step(self.run_contract(), self.today) for _step in range(2))
        Step = self.env["alarm.price.step"]
        apply, reason = type(Step)._apply, "Not this one."

        def refuse(step):
            if step == bad:
                raise UserError(reason)
            return apply(step)

        with patch.object(type(Step), "_apply", refuse):
            Step._run_due()
            Step._run_due()
        self.assertEqual((bad.state, good.state), ("planned", "done"))
        self.assertEqual(bad.problem, reason)
        told = bad.contract_id.activity_ids.filtered(
            lambda activity: "could not be changed" in (activity.summary or "")
        )
        self.assertEqual(len(told), 1)
        Step._run_due()
        self.assertEqual((bad.state, bad.problem), ("done", False))

    def test_the_day_is_that_of_the_company(self):
        step = self.step(self.run_contract(), date(2027, 1, 1))
        self.company.partner_id.tz = "Asia/Shanghai"
        other = self.env["res.company"].create({"name": "Elsewhere"})
        other.partner_id.tz = "America/Los_Angeles"
        with freeze_time("2026-12-31 20:00:00"):
            self.env["alarm.price.step"].with_company(other)._run_due()
        self.assertEqual(step.state, "done")
