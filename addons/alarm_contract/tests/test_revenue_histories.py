from contextlib import suppress
from datetime import date, timedelta

from freezegun import freeze_time
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..tools.pricing import exact, rounded
from ..tools.revenue_figures import roll_forward
from .common import ContractCase

START = date(2030, 1, 10)

_LIVE = ("signed", "running", "suspended", "notice")

days = st.integers(0, 25)
prices = st.integers(0, 30000).map(lambda cents: cents / 100)
which = st.integers(0, 5)

steps = st.lists(
    st.tuples(
        days,
        which,
        st.one_of(
            st.tuples(st.just("price"), prices),
            st.tuples(st.just("quantity"), st.integers(0, 9)),
            st.tuples(st.just("discount"), st.tuples(st.integers(0, 100), st.integers(-10, 40))),
            st.tuples(st.just("zones"), st.integers(1, 3)),
            st.tuples(st.just("add"), st.tuples(prices, st.integers(-60, 20))),
            st.tuples(
                st.just("end"),
                st.tuples(
                    st.integers(-40, 30),
                    st.sampled_from(["drop", "downgrade", "cancel", "suspension", False]),
                ),
            ),
            st.tuples(st.just("go_on"), st.none()),
            st.tuples(
                st.just("swap"),
                st.tuples(prices, st.sampled_from(["re_sign", "transfer", "reactivation"])),
            ),
            st.tuples(st.just("class"), st.sampled_from(["leasing", "maintenance", False])),
            st.tuples(st.just("never"), st.none()),
            st.tuples(st.just("state"), st.sampled_from(["running", "suspended", "ended"])),
            st.tuples(st.just("archive"), st.booleans()),
            st.tuples(st.just("period"), st.sampled_from([1, 3, 12])),
            st.tuples(
                st.just("verb"),
                st.tuples(
                    st.sampled_from(
                        ["suspend", "reactivate", "re_sign", "take_over", "drop", "cancel"]
                    ),
                    st.integers(-30, 10),
                    prices,
                ),
            ),
        ),
        # Whether what happened is booked at once, or only found by the daily job.
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
)


@tagged("post_install", "-at_install")
class TestRevenueHistories(ContractCase):
    """Random histories: what the ledger says is what the contracts say, on every day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(START))
        cls.reason = cls.env["contract.terminate.reason"].create(
            {"name": "Test", "kind": "other", "terminate_comment_required": False}
        )

    @settings(
        max_examples=20,
        deadline=None,
        derandomize=True,
        # Shrinking takes minutes with a database; the history that failed is short enough.
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(steps, st.data())
    def test_opening_and_movements_make_the_closing_of_any_two_days(self, history, data):
        savepoint = self.env.cr.savepoint(flush=False)
        try:
            self._run(history, data)
        finally:
            savepoint.close(rollback=True)
            self.env.cr.precommit.clear()
            self.env.invalidate_all(flush=False)

    def _run(self, history, data):
        contracts = self.run_contract(
            self.fee(100), self.fee(9, charge_kind="per_zone"), start=START
        ) | self.run_contract(self.fee(600, period_months=12, quantity=2), start=START)
        closings, passed = {}, 0
        for wait, index, (what, value), at_once in history:
            passed += wait
            with freeze_time(START + timedelta(days=passed)):
                getattr(self, f"_{what}")(contracts, index, START + timedelta(days=passed), value)
                contracts |= contracts.successor_contract_id
                self.env.flush_all()
                if not at_once:
                    self.env.cr.precommit.clear()
                self.env.cr.flush()
                self._daily_job(START + timedelta(days=passed))
                closings[passed] = self._worth(contracts, START + timedelta(days=passed))
        self._check(contracts, closings, data)
        self._check_marks(contracts)

    def _daily_job(self, day):
        self.env["alarm.contract.change"]._run_due(day)
        self.env["alarm.contract.cancellation"]._run_due(day)
        self.env.flush_all()
        lines = self.env["contract.line"]
        lines.browse(lines._find_unbooked(day))._book_revenue()

    def _worth(self, contracts, day):
        """What the live lines are worth, by the contracts alone: {class: amount}."""
        self.env.invalidate_all()
        worth = {}
        for line in contracts.with_context(active_test=False).contract_line_ids:
            contract = line.contract_id
            if (
                contract.active
                and line.revenue_class
                and (contract.alarm_state in _LIVE or line.date_end)
            ):
                amount = exact(line.monthly_amount)
                worth[line.revenue_class] = worth.get(line.revenue_class, 0) + amount
        return {name: rounded(amount) for name, amount in worth.items() if amount}

    def _check(self, contracts, closings, data):
        movements = self.env["alarm.revenue.movement"]
        domain = [("contract_id", "in", contracts.ids)]
        span = max(closings) + 1
        first, last = sorted(
            START + timedelta(days=data.draw(st.integers(-1, span))) for _end in range(2)
        )
        period = self._roll_forward(domain, first, last)
        total = period.opening.amount + sum(part.amount for part in period.kinds.values())
        self.assertAlmostEqual(total, period.closing.amount, 2)
        # On no day that is over anything changed afterwards.
        for passed, worth in closings.items():
            day = START + timedelta(days=passed)
            booked = movements._read_group(
                [*domain, ("booked_on", "<=", day)], ["revenue_class"], ["amount:sum"]
            )
            self.assertEqual(
                {name: round(amount, 2) for name, amount in booked if round(amount, 2)}, worth
            )
            until = self._roll_forward(domain, START, day)
            self.assertAlmostEqual(until.closing.amount, sum(worth.values()), 2)
            self.assertEqual(until.opening.amount, 0)

    def _roll_forward(self, domain, first, last):
        """Between two days, both included, as the dashboard has it."""
        movements = self.env["alarm.revenue.movement"]
        rows = movements._read_changes(domain, movements._get_rates(last), last)
        [period] = roll_forward(rows, [first, last + timedelta(days=1)])
        return period

    def _check_marks(self, contracts):
        """As many contracts and lines came and went as there are."""
        balances = self.env["alarm.revenue.balance"].search(
            [("contract_line_id.contract_id", "in", contracts.ids)]
        )
        running = balances.filtered("running").contract_line_id
        for contract in contracts.with_context(active_test=False):
            movements = contract.revenue_movement_ids
            lines = running.filtered(lambda line, contract=contract: line.contract_id == contract)
            self.assertEqual(sum(movements.mapped("lines")), len(lines))
            self.assertEqual(sum(movements.mapped("contracts")), int(bool(lines)))
            self.assertTrue(
                all(movement.effective_on <= movement.booked_on for movement in movements)
            )

    def _line(self, contracts, index):
        lines = contracts.with_context(active_test=False).contract_line_ids
        return lines[index % len(lines)]

    def _contract(self, contracts, index):
        return contracts[index % len(contracts)]

    def _verb(self, contracts, index, day, value):
        kind, ahead, price = value
        contract = self._contract(contracts, index)
        date, values = day + timedelta(days=ahead), {"reason_id": self.reason.id}
        if kind == "cancel":
            return self._cancel(contract, date)
        if kind == "take_over":
            owner = self.env["res.partner"].create({"name": "New Owner"})
            for site in contract.subscriber_ids:
                site.copy({"name": "Shop", "partner_id": owner.id, "predecessor_id": site.id})
            values = {"to_partner_id": owner.id}
        elif kind == "drop":
            row = {"contract_line_id": contract.contract_line_ids[-1:].id, "keep": False}
            values["line_ids"] = [Command.create(row)]
        elif kind == "re_sign":
            # The first goes on; the others go on, or are given up.
            lines = contract.contract_line_ids._open_from(date)
            rows = [
                {
                    "contract_line_id": line.id,
                    "price_unit": price,
                    "keep": line == lines[0] or price < 200,
                }
                for line in lines
            ]
            values["line_ids"] = [Command.create(row) for row in rows]
        # What may not be done now is not done; that is for the verbs to say.
        with suppress(UserError, ValidationError), self.env.cr.savepoint():
            contract._action_change(kind, date, **values)
        return True

    def _cancel(self, contract, date):
        with suppress(UserError, ValidationError), self.env.cr.savepoint():
            cancellation = self.env["alarm.contract.cancellation"].create(
                {
                    "contract_id": contract.id,
                    "notice_date": START,
                    "effective_date": max(date, START),
                    "reason_id": self.reason.id,
                }
            )
            cancellation._confirm()

    def _price(self, contracts, index, day, price):
        self._line(contracts, index).specific_price = price

    def _quantity(self, contracts, index, day, quantity):
        self._line(contracts, index).quantity = quantity

    def _discount(self, contracts, index, day, value):
        percent, ahead = value
        self._line(contracts, index).write(
            {"discount": percent, "discount_until": day + timedelta(days=ahead)}
        )

    def _zones(self, contracts, index, day, number):
        taken = len(self.panel.zone_ids) + 400
        self.env["alarm.zone"].create(
            [
                {
                    "panel_id": self.panel.id,
                    "number": str(taken + place),
                    "name": f"Zone {taken + place}",
                    "billable": True,
                }
                for place in range(number)
            ]
        )

    def _add(self, contracts, index, day, value):
        price, ahead = value
        start = day + timedelta(days=ahead)
        self._contract(contracts, index).contract_line_ids = [
            self.fee(price, begins="date", date_start=start)
        ]

    def _end(self, contracts, index, day, value):
        ahead, cause = value
        line = self._line(contracts, index)
        line.write(
            {"date_end": max(line.date_start, day + timedelta(days=ahead)), "end_cause": cause}
        )

    def _go_on(self, contracts, index, day, _value):
        self._line(contracts, index).write({"date_end": False, "end_cause": False})

    def _swap(self, contracts, index, day, value):
        price, cause = value
        line = self._line(contracts, index)
        if line.date_start >= day:
            return
        line.write(
            {
                "date_end": day - timedelta(days=1),
                "end_cause": "suspension" if cause == "reactivation" else cause,
            }
        )
        successor = line.copy(
            {
                "date_start": day,
                "waiting": False,
                "specific_price": price,
                "predecessor_contract_line_id": line.id,
            }
        )
        successor.start_cause = cause

    def _class(self, contracts, index, day, name):
        self._line(contracts, index).revenue_class = name

    def _never(self, contracts, index, day, _value):
        self._line(contracts, index).is_canceled = True

    def _state(self, contracts, index, day, state):
        self._contract(contracts, index)._write_by_verb({"alarm_state": state})

    def _archive(self, contracts, index, day, active):
        # Only what has ended and owes nothing more is put away.
        contract = self._contract(contracts, index)
        over = contract.alarm_state == "ended" and not contract.recurring_next_date
        (contract if over else contract.browse()).active = active

    def _period(self, contracts, index, day, months):
        self._line(contracts, index).write({"period_months": months})
