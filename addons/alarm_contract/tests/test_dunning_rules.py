from datetime import date, timedelta
from unittest import TestCase

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import tagged

from ..tools import dunning
from ..tools.dunning import CALL, LOG_ONLY, NOTICE, REMIND, Item, Level, Step

LADDER = [
    Level(1, 7, REMIND),
    Level(2, 21, CALL),
    Level(3, 35, NOTICE, notice_days=14),
    Level(4, 50, LOG_ONLY),
]
START = date(2026, 1, 1)


def day(number):
    return START + timedelta(days=number)


def run(levels, items_on, days, delivery=0, pause=None):
    """What happens on each of so many days when the job runs daily: ``[(day, Level)]``.

    :param items_on: day -> what is overdue
    :param delivery: days from a notice to its delivery; None: it never arrives
    """
    steps, taken = [], []
    for number in range(days):
        today = day(number)
        items = items_on(today)
        level = dunning.due_step(levels, items, steps, today, pause)
        if level:
            taken.append((today, level))
            delivered = None
            if level.action == NOTICE and delivery is not None:
                delivered = today + timedelta(days=delivery)
            steps.append(
                Step(
                    level.action,
                    level.days,
                    today,
                    frozenset(item.id for item in items),
                    delivered,
                    level.notice_days,
                )
            )
    return taken, steps


@st.composite
def ladders(draw):
    """Ladders without a fault."""
    gaps = draw(st.lists(st.integers(1, 20), min_size=4, max_size=6))
    actions = sorted(
        draw(st.lists(st.sampled_from([REMIND, CALL]), max_size=len(gaps) - 2)),
        key=dunning.ACTIONS.index,
    )
    actions += [NOTICE, LOG_ONLY]
    days, total = [], 0
    for gap in gaps[: len(actions)]:
        total += gap
        days.append(total)
    levels = [
        Level(number, day_, action, draw(st.integers(1, 30)) if action == NOTICE else 0)
        for number, (day_, action) in enumerate(zip(days, actions, strict=True), 1)
    ]
    assert not dunning.ladder_faults(levels)
    return levels


# Debts of some months: (id, due, paid on or never).
debts = st.lists(
    st.tuples(st.integers(0, 80), st.one_of(st.none(), st.integers(1, 200))),
    min_size=1,
    max_size=4,
).map(
    lambda rows: [
        (number, day(due), paid and day(due + paid)) for number, (due, paid) in enumerate(rows)
    ]
)


def overdue(rows):
    def items_on(today):
        return [
            Item(number, due, 100.0)
            for number, due, paid in rows
            if due < today and not (paid and paid <= today)
        ]

    return items_on


@tagged("post_install", "-at_install")
class TestDunningRules(TestCase):
    def test_steps_come_on_the_days_of_the_ladder(self):
        taken, _steps = run(LADDER, overdue([(1, START, None)]), 100)
        self.assertEqual(
            [((on - START).days, level.action) for on, level in taken],
            [(7, REMIND), (21, CALL), (35, NOTICE), (50, LOG_ONLY)],
        )

    def test_who_is_found_long_overdue_climbs_from_the_first_step(self):
        rows = [(1, START - timedelta(days=400), None)]
        taken, _steps = run(LADDER, overdue(rows), 100)
        self.assertEqual(
            [((on - START).days, level.action) for on, level in taken],
            [(0, REMIND), (14, CALL), (28, NOTICE), (43, LOG_ONLY)],
        )

    def test_of_two_payers_the_notice_that_is_over_first_counts(self):
        items = [Item(1, day(0), 10.0, payer=1), Item(2, day(30), 10.0, payer=2)]
        steps = [
            Step(NOTICE, 35, day(35), frozenset({1}), delivered=day(36), notice_days=14),
            Step(NOTICE, 35, day(65), frozenset({2}), delivered=day(66), notice_days=14),
        ]
        self.assertEqual(dunning.first_notice_end(steps, items), day(50))
        self.assertEqual(dunning.first_notice_end(steps, items[1:]), day(80))
        self.assertIsNone(dunning.first_notice_end(steps, []))

    def test_a_notice_that_never_arrives_never_leads_to_log_only(self):
        taken, _steps = run(LADDER, overdue([(1, START, None)]), 400, delivery=None)
        self.assertEqual(taken[-1][1].action, NOTICE)

    def test_a_late_delivery_moves_log_only(self):
        taken, _steps = run(LADDER, overdue([(1, START, None)]), 100, delivery=20)
        self.assertEqual(taken[-1], (day(35 + 20 + 14 + 1), LADDER[3]))

    def test_paying_what_was_warned_about_makes_the_next_debt_start_below(self):
        # The first debt is paid the day before log-only; the second was not named by the notice.
        rows = [(1, START, day(49)), (2, day(40), None)]
        taken, _steps = run(LADDER, overdue(rows), 140)
        self.assertEqual(
            [((on - START).days, level.action) for on, level in taken],
            [
                (7, REMIND),
                (21, CALL),
                (35, NOTICE),
                (49, REMIND),
                (63, CALL),
                (77, NOTICE),
                (92, LOG_ONLY),
            ],
        )

    def test_small_remainders_do_not_lead_to_log_only(self):
        ladder = [*LADDER[:3], Level(4, 50, LOG_ONLY, minimum=50.0)]

        def items_on(today):
            return [Item(1, START, 10.0)] if today > START else []

        taken, _steps = run(ladder, items_on, 100)
        self.assertEqual(taken[-1][1].action, NOTICE)
        steps = [Step(NOTICE, 35, day(35), frozenset({1}), day(35), 14)]
        self.assertTrue(dunning.may_stay_log_only([Item(1, START, 50.0)], steps, 50.0))
        self.assertFalse(dunning.may_stay_log_only([Item(1, START, 10.0)], steps, 50.0))
        self.assertFalse(dunning.may_stay_log_only([Item(2, START, 50.0)], steps, 50.0))

    def test_faults_of_a_ladder_are_found(self):
        self.assertEqual(dunning.ladder_faults(LADDER), set())
        self.assertEqual(dunning.ladder_faults([Level(1, 10, LOG_ONLY)]), {"notice"})
        self.assertEqual(
            dunning.ladder_faults([Level(1, 10, NOTICE), Level(2, 20, REMIND)]),
            {"order", "period"},
        )
        self.assertEqual(
            dunning.ladder_faults([Level(1, 10, REMIND), Level(2, 10, CALL)]), {"twice"}
        )

    def test_worst_state_of_several_contracts(self):
        self.assertEqual(dunning.worst(["ok", "reminded", "call"]), "call")
        self.assertEqual(dunning.worst([]), "none")

    @given(ladders(), debts, st.integers(0, 10))
    def test_log_only_follows_only_a_delivered_notice_and_its_whole_period(
        self, levels, rows, delivery
    ):
        taken, steps = run(levels, overdue(rows), 330, delivery)
        for on, level in taken:
            if level.action != LOG_ONLY:
                continue
            items = overdue(rows)(on)
            unpaid = {item.id for item in items}
            notices = [
                step
                for step in steps
                if step.action == NOTICE and step.on < on and step.items & unpaid
            ]
            self.assertTrue(notices)
            for notice in notices:
                self.assertGreater(on, notice.delivered + timedelta(days=notice.notice_days))

    @given(ladders(), debts)
    def test_never_two_steps_on_one_day_and_never_one_without_a_debt(self, levels, rows):
        taken, _steps = run(levels, overdue(rows), 330)
        days = [on for on, _level in taken]
        self.assertEqual(len(days), len(set(days)))
        for on, level in taken:
            items = overdue(rows)(on)
            self.assertTrue(items)
            self.assertGreaterEqual(on, min(item.due for item in items) + timedelta(level.days))

    @given(ladders(), debts)
    def test_who_never_pays_gets_every_step_once_in_order(self, levels, rows):
        rows = [(number, due, None) for number, due, _paid in rows]
        taken, steps = run(levels, overdue(rows), 400)
        self.assertEqual([level.id for _on, level in taken], [level.id for level in levels])
        self.assertEqual(dunning.state_of(overdue(rows)(day(400)), steps), "log_only")

    @given(ladders(), debts)
    def test_who_pays_all_is_at_once_in_order(self, levels, rows):
        _taken, steps = run(levels, overdue(rows), 330)
        self.assertEqual(dunning.state_of([], steps), "ok")
        self.assertFalse(dunning.may_stay_log_only([], steps))

    @given(ladders(), debts, st.integers(0, 300))
    def test_nothing_happens_in_a_pause(self, levels, rows, pause):
        taken, _steps = run(levels, overdue(rows), 330, pause=day(pause))
        self.assertFalse([on for on, _level in taken if on <= day(pause)])

    @given(ladders(), debts, st.data())
    def test_missed_days_of_the_job_only_make_steps_later(self, levels, rows, data):
        rows = [(number, due, None) for number, due, _paid in rows]
        missed = data.draw(st.frozensets(st.integers(0, 329), max_size=60))
        items_on = overdue(rows)
        daily, _steps = run(levels, items_on, 330)
        gaps, _steps = run(
            levels, lambda today: [] if (today - START).days in missed else items_on(today), 330
        )
        for (on, level), (late, same) in zip(daily, gaps, strict=False):
            self.assertEqual(level, same)
            self.assertLessEqual(on, late)
