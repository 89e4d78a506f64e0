from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.pricing import exact, rounded
from ..tools.revenue import (
    ENDS,
    LOST,
    STARTS,
    Account,
    Booked,
    Movement,
    Worth,
    contract_change,
    differences,
    effective_on,
)

_FIRST = date(2026, 1, 1)
_ACCOUNT = Account(1, 1, 1, "monitoring")

worths = st.one_of(
    st.just(Worth()),
    st.builds(
        Worth,
        amount=st.integers(-50_000, 500_000).map(lambda cents: cents / 100),
        quantity=st.integers(0, 40).map(float),
        running=st.just(True),
        account=st.builds(
            Account,
            st.just(1),
            st.sampled_from([1, 2]),
            st.sampled_from([1, 2, None]),
            st.sampled_from(["monitoring", "leasing"]),
        ),
    ),
)
steps = st.lists(
    st.tuples(worths, st.sampled_from(STARTS), st.sampled_from(ENDS), st.booleans()), max_size=12
)


def by_account(movements, value):
    totals = {}
    for movement in movements:
        old = exact(totals.get(movement.account, 0))
        totals[movement.account] = rounded(old + exact(value(movement)))
    return {account: total for account, total in totals.items() if total}


@tagged("post_install", "-at_install")
class TestRevenueRules(BaseCase):
    @given(steps)
    def test_the_movements_of_a_line_add_up_to_what_it_is_worth(self, history):
        booked, movements = Booked(), []
        for worth, start, end, left in history:
            more, booked = differences(booked, worth, start, end, left)
            movements += more
            amount = {worth.account: worth.amount} if worth.amount else {}
            self.assertEqual(by_account(movements, lambda m: m.amount), amount)
            quantity = {worth.account: worth.quantity} if worth.quantity else {}
            self.assertEqual(by_account(movements, lambda m: m.quantity), quantity)
            lines = {worth.account: 1} if worth.running else {}
            self.assertEqual(by_account(movements, lambda m: m.lines), lines)

    @given(steps)
    def test_what_is_booked_is_not_booked_again(self, history):
        booked = Booked()
        for worth, start, end, left in history:
            _more, booked = differences(booked, worth, start, end, left)
            self.assertEqual(differences(booked, worth, start, end, left)[0], [])

    def book(self, *steps, **options):
        """Kinds and amounts of the last step, each step as ``(amount, quantity)`` or None; from
        step `left` on the contract has ended."""
        booked, movements = Booked(), []
        for place, step in enumerate(steps):
            worth = Worth(*step, True, _ACCOUNT) if step else Worth()
            movements, booked = differences(
                booked,
                worth,
                options.get("start", "new"),
                options.get("end", "cancel"),
                place >= options.get("left", len(steps)),
            )
        return [(movement.kind, movement.amount) for movement in movements]

    def test_more_pieces_are_an_add_on_and_another_price_is_its_own_row(self):
        self.assertEqual(self.book((100, 10), (120, 12)), [("add_on", 20)])
        self.assertEqual(self.book((100, 10), (132, 12)), [("add_on", 20), ("price_up", 12)])
        self.assertEqual(self.book((100, 10), (81, 9)), [("downgrade", -10), ("price_down", -9)])

    def test_the_end_of_a_discount_is_a_price_up_also_of_what_was_free(self):
        self.assertEqual(self.book((0, 1), (100, 1)), [("price_up", 100)])

    def test_a_free_line_is_there_all_the_same(self):
        self.assertEqual(self.book((0, 1)), [("new", 0)])

    def test_an_end_that_was_none_puts_its_own_row_right(self):
        self.assertEqual(self.book((100, 1), None, (110, 1)), [("cancel", 100), ("price_up", 10)])

    def test_who_comes_back_from_suspension_is_reactivated(self):
        self.assertEqual(
            self.book((100, 1), None, (100, 1), end="suspension"), [("reactivation", 100)]
        )

    def test_who_leaves_while_suspended_counts_as_cancelled_once(self):
        self.assertEqual(
            self.book((100, 1), None, None, end="suspension", left=2),
            [("suspension", 100), ("cancel", -100)],
        )
        self.assertEqual(self.book((100, 1), None, None, None, end="suspension", left=2), [])

    def test_another_class_of_revenue_is_a_transfer_and_no_loss(self):
        booked = Booked(100.0, 1.0, True, _ACCOUNT)
        other = _ACCOUNT._replace(revenue_class="leasing")
        movements, _booked = differences(booked, Worth(110.0, 1.0, True, other), "new", "cancel")
        self.assertEqual(
            [(movement.kind, movement.amount) for movement in movements],
            [("transfer", -100), ("transfer", 100), ("price_up", 10)],
        )

    def test_no_swap_is_among_what_is_lost(self):
        self.assertFalse({"re_sign", "transfer", "suspension"}.intersection(LOST))

    @given(st.integers(0, 60), st.integers(-40, 40), st.one_of(st.none(), st.integers(-40, 40)))
    def test_nothing_is_so_later_than_it_is_booked(self, today, start, end):
        day = _FIRST + timedelta(days=today)
        since = effective_on(
            Movement("cancel", -1, -1, -1),
            day,
            _FIRST,
            _FIRST + timedelta(days=start),
            None if end is None else _FIRST + timedelta(days=end),
            None,
        )
        self.assertLessEqual(since, day)

    def test_a_change_is_so_since_it_was_agreed(self):
        day = _FIRST + timedelta(days=60)
        start, end = _FIRST + timedelta(days=10), _FIRST + timedelta(days=40)
        came, went = Movement("new", 1, 1, 1), Movement("drop", -1, -1, -1)
        dearer = Movement("price_up", 1, 0, 0)
        self.assertEqual(effective_on(came, day, None, start, None, None), start)
        self.assertEqual(effective_on(went, day, start, start, end, None), end + timedelta(days=1))
        self.assertEqual(
            effective_on(dearer, day, start, start, None, end), end + timedelta(days=1)
        )
        self.assertEqual(effective_on(dearer, day, day, start, None, end), day)

    def test_a_contract_comes_with_its_first_line_and_goes_with_its_last(self):
        came = [Movement("add_on", 1, 1, 1), Movement("new", 1, 1, 1)]
        self.assertEqual(contract_change(came, 0, 2), (1, 1))
        self.assertIsNone(contract_change(came, 1, 3))
        went = [Movement("drop", -1, -1, -1), Movement("cancel", -1, -1, -1)]
        self.assertEqual(contract_change(went, 2, 0), (1, -1))
        self.assertIsNone(contract_change(went, 3, 1))
