from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import TransactionCase, tagged

from ..tools.escalation import Escalation, first_day, step, too_young
from ..tools.exit_fee import METHODS, Terms, exit_fee, rate_after, rest_of
from ..tools.periods import add_months, period_at
from ..tools.renewal import bound_until, next_end, notice_deadline, reminder_due, renewed_end

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
MONEY = st.decimals(0, 99999, places=2).map(float)


@tagged("post_install", "-at_install")
class TestExitFee(TransactionCase):
    def test_the_rest_of_a_term_is_whole_months_and_days_of_one(self):
        self.assertEqual(rest_of(date(2026, 3, 31), date(2026, 12, 31)), (9, 0, 31))
        self.assertEqual(rest_of(date(2026, 3, 20), date(2026, 12, 31)), (9, 11, 31))
        self.assertEqual(rest_of(date(2026, 12, 31), date(2026, 12, 31))[:2], (0, 0))
        self.assertEqual(rest_of(date(2027, 5, 1), date(2026, 12, 31))[:2], (0, 0))

    def test_a_share_of_the_balance_can_be_checked_by_hand(self):
        terms = Terms(date(2026, 3, 20), date(2026, 12, 31), monthly=310.0, rate=80.0)
        calculation = exit_fee("balance_share", terms)
        self.assertEqual(
            [(line.code, line.amount) for line in calculation.steps],
            [
                ("whole_months", 2790.0),
                ("part_month", 110.0),
                ("balance", 2900.0),
                ("rate", 2320.0),
            ],
        )
        self.assertEqual(calculation.fee, 2320.0)

    def test_what_of_a_subsidy_was_not_worked_off_is_paid_back(self):
        terms = Terms(
            date(2026, 10, 31), served_from=date(2026, 1, 1), subsidy=2400.0, subsidy_months=24
        )
        calculation = exit_fee("unamortised_subsidy", terms)
        self.assertEqual([line.amount for line in calculation.steps], [2400.0, -1000.0, 1400.0])
        self.assertEqual(calculation.fee, 1400.0)

    def test_a_declining_schedule_takes_the_rate_of_the_months_served(self):
        steps = ((0, 80.0), (12, 50.0), (24, 20.0))
        self.assertEqual([rate_after(steps, n) for n in (0, 11, 12, 30)], [80.0, 80.0, 50.0, 20.0])
        self.assertEqual(rate_after(((6, 50.0),), 3), 0.0)
        terms = Terms(
            date(2026, 12, 31), date(2028, 12, 31), date(2026, 1, 1), monthly=100.0, steps=steps
        )
        self.assertEqual(exit_fee("declining", terms).fee, 1200.0)

    def test_a_lost_margin_is_less_what_serving_would_have_cost(self):
        terms = Terms(date(2026, 6, 30), date(2026, 12, 31), monthly=100.0, monthly_cost=35.0)
        self.assertEqual(exit_fee("lost_margin", terms).fee, 390.0)
        dear = Terms(date(2026, 6, 30), date(2026, 12, 31), monthly=100.0, monthly_cost=135.0)
        self.assertEqual(exit_fee("lost_margin", dear).fee, 0.0)

    def test_without_a_method_nothing_is_owed_and_it_is_said(self):
        calculation = exit_fee("none", Terms(date(2026, 6, 30), date(2030, 1, 1), monthly=9.0))
        self.assertEqual((calculation.fee, calculation.steps[0].code), (0.0, "nothing"))
        with self.assertRaises(ValueError):
            exit_fee("all_of_it", Terms(date(2026, 6, 30)))

    @given(
        st.sampled_from(METHODS),
        DAYS,
        st.integers(0, 2000),
        st.integers(0, 900),
        MONEY,
        st.integers(0, 100),
        MONEY,
        st.integers(0, 36),
        MONEY,
    )
    def test_a_fee_is_never_negative_never_grows_with_time_and_is_nothing_at_the_end(
        self, method, start, term, served, monthly, rate, subsidy, subsidy_months, cost
    ):
        def fee(last_day):
            terms = Terms(
                last_day,
                start + timedelta(days=term),
                start,
                monthly,
                float(rate),
                ((0, 90.0), (6, 60.0), (12, 30.0)),
                subsidy,
                subsidy_months,
                cost,
            )
            return exit_fee(method, terms).fee

        last_day = start + timedelta(days=served)
        self.assertGreaterEqual(fee(last_day), 0.0)
        if method != "lost_margin":
            self.assertLessEqual(fee(last_day + timedelta(days=1)), fee(last_day))
        if method != "unamortised_subsidy":
            self.assertEqual(fee(start + timedelta(days=term)), 0.0)

    @given(DAYS, st.integers(0, 4000))
    def test_months_and_days_of_the_rest_make_the_whole_of_it(self, last_day, length):
        end = last_day + timedelta(days=length)
        rest = rest_of(last_day, end)
        whole_from = add_months(end + timedelta(days=1), -rest.months)
        self.assertEqual(whole_from - timedelta(days=rest.days), last_day + timedelta(days=1))
        self.assertLess(rest.days, rest.month_days)

    @given(DAYS, st.integers(1, 1500), MONEY, st.integers(0, 100))
    def test_the_lines_of_a_balance_add_up(self, last_day, length, monthly, rate):
        terms = Terms(
            last_day, last_day + timedelta(days=length), monthly=monthly, rate=float(rate)
        )
        *parts, balance, share = exit_fee("balance_share", terms).steps
        self.assertAlmostEqual(sum(line.amount for line in parts), balance.amount, 2)
        self.assertAlmostEqual(balance.amount * rate / 100, share.amount, delta=0.0051)


@tagged("post_install", "-at_install")
class TestEscalation(TransactionCase):
    def test_percent_amount_and_index(self):
        self.assertEqual(step(Escalation("percent", 3.5), 200.0).price, 207.0)
        # An amount is a month's: a quarter costs three times as much more.
        self.assertEqual(step(Escalation("amount", 2.0), 60.0, months=3).price, 66.0)
        index = Escalation("index", base_index=102.0, index=105.06)
        self.assertEqual(step(index, 100.0).price, 103.0)

    def test_cap_and_floor_limit_the_change_and_it_is_said(self):
        capped = step(Escalation("index", cap=3.0, base_index=100.0, index=108.0), 100.0)
        self.assertEqual((capped.price, capped.asked, capped.limited), (103.0, 8, True))
        floored = step(Escalation("index", floor=0.0, base_index=100.0, index=98.0), 100.0)
        self.assertEqual((floored.price, floored.limited), (100.0, True))

    def test_a_fixed_reference_reckons_from_the_first_price(self):
        index = Escalation("index", base_index=100.0, index=110.0)
        self.assertEqual(step(index, 107.0, base_price=100.0).price, 110.0)

    def test_an_index_without_a_base_is_refused(self):
        with self.assertRaises(ValueError):
            step(Escalation("index", index=104.0), 100.0)

    def test_young_customers_are_told_apart(self):
        self.assertTrue(too_young(date(2026, 2, 1), date(2027, 1, 31), 12))
        self.assertFalse(too_young(date(2026, 2, 1), date(2027, 2, 1), 12))
        self.assertTrue(too_young(None, date(2027, 2, 1), 0))

    def test_a_new_price_holds_from_the_first_period_that_is_not_billed(self):
        anchor = date(2026, 1, 15)
        self.assertEqual(first_day(anchor, 3, date(2026, 5, 1)), date(2026, 7, 15))
        self.assertEqual(first_day(anchor, 3, date(2026, 4, 15)), date(2026, 4, 15))
        self.assertEqual(
            first_day(anchor, 3, date(2026, 4, 15), date(2026, 7, 14)), date(2026, 7, 15)
        )
        self.assertEqual(first_day(anchor, 3, date(2025, 4, 15)), anchor)

    @given(
        st.floats(-50, 50).map(lambda number: round(number, 2)),
        MONEY,
        st.floats(0, 20).map(lambda number: round(number, 2)),
    )
    def test_no_change_is_beyond_cap_and_floor(self, percent, price, limit):
        new = step(Escalation("percent", percent, cap=limit, floor=-limit), price).price
        self.assertGreaterEqual(new, 0.0)
        self.assertLessEqual(abs(new - price), price * limit / 100 + 0.0051)

    @given(DAYS, st.sampled_from((1, 2, 3, 6, 12, 24)), st.integers(0, 1500), st.integers(0, 900))
    def test_a_new_price_never_reaches_into_a_billed_or_begun_period(
        self, anchor, months, after, billed
    ):
        day = anchor + timedelta(days=after)
        billed_until = anchor + timedelta(days=billed)
        begin = first_day(anchor, months, day, billed_until)
        self.assertGreater(begin, billed_until)
        self.assertGreaterEqual(begin, day)
        self.assertEqual(period_at(anchor, months, begin).whole_start, begin)


@tagged("post_install", "-at_install")
class TestRenewal(TransactionCase):
    def test_ends_of_months_do_not_drift(self):
        ends = [date(2026, 1, 31)]
        for _month in range(3):
            ends.append(next_end(ends[0], "month_to_month", 0, ends[-1]))
        self.assertEqual(ends[1:], [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)])

    def test_only_what_goes_on_by_itself_has_a_later_end(self):
        end, later = date(2026, 12, 31), date(2027, 2, 1)
        self.assertEqual(renewed_end(end, "automatic", 12, later), date(2027, 12, 31))
        self.assertEqual(renewed_end(end, "automatic", 0, later), end)
        self.assertEqual(renewed_end(end, "manual", 12, later), end)
        self.assertEqual(renewed_end(end, "month_to_month", 12, later), date(2027, 2, 28))
        self.assertIsNone(renewed_end(None, "automatic", 12, later))

    def test_notice_after_the_deadline_binds_for_another_term(self):
        end = date(2026, 12, 31)
        self.assertEqual(notice_deadline(end, 30), date(2026, 12, 1))
        self.assertEqual(bound_until(date(2026, 12, 1), end, "automatic", 12, 30), end)
        self.assertEqual(
            bound_until(date(2026, 12, 2), end, "automatic", 12, 30), date(2027, 12, 31)
        )

    def test_without_a_term_and_after_it_the_days_of_notice_bind(self):
        noticed = date(2026, 12, 10)
        self.assertEqual(bound_until(noticed, None, "none", 0, 30), date(2027, 1, 9))
        ended = date(2026, 11, 30)
        for kind in ("month_to_month", "manual", "none"):
            self.assertEqual(bound_until(noticed, ended, kind, 12, 30), date(2027, 1, 9), kind)
        self.assertEqual(
            bound_until(noticed, date(2028, 11, 30), "manual", 12, 30), date(2028, 11, 30)
        )

    def test_a_deadline_is_reminded_of_in_time_and_not_after_it(self):
        deadline = date(2026, 12, 1)
        self.assertFalse(reminder_due(deadline, date(2026, 10, 31), 30))
        self.assertTrue(reminder_due(deadline, date(2026, 11, 1), 30))
        self.assertTrue(reminder_due(deadline, deadline, 30))
        self.assertFalse(reminder_due(deadline, date(2026, 12, 2), 30))

    @given(DAYS, st.integers(0, 3000), st.sampled_from((1, 3, 12, 24)), st.integers(0, 200))
    def test_a_notice_in_time_always_ends_the_term_it_is_for(self, end, after, months, days):
        noticed = end + timedelta(days=after - 1000)
        bound = bound_until(noticed, end, "automatic", months, days)
        self.assertGreaterEqual(bound, end)
        self.assertGreaterEqual(notice_deadline(bound, days), noticed)
        before, following = None, end
        while following < bound:
            before, following = following, next_end(end, "automatic", months, following)
        self.assertEqual(following, bound)
        # The term before is over, or its deadline was missed.
        if before:
            self.assertLess(min(before, notice_deadline(before, days)), noticed)
