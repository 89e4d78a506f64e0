"""What follows from an overdue fee, and when.

The levels of a ladder are climbed one at a time, from the lowest, and never two on one day: whoever
is found long overdue (after an import, after a pause) is reminded first like everybody else, and
has between two steps the time that the ladder gives. A step counts only as long as something of
what it named is unpaid: who pays what he was warned about is warned anew about the next debt.

Pure: what is known arrives in the arguments.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

REMIND, CALL, NOTICE, LOG_ONLY = ACTIONS = ("remind", "call", "notice", "log_only")

# What a contract's state of fees is called, from good to bad.
FEE_STATES = ("none", "ok", "reminded", "call", "notice", "log_only")
STATE_OF = {REMIND: "reminded", CALL: "call", NOTICE: "notice", LOG_ONLY: "log_only"}


@dataclass(frozen=True, slots=True)
class Level:
    """`days`: after the oldest due date. `notice_days`: of a notice, how long the customer has.
    `minimum`: below this amount the step is not taken."""

    id: int
    days: int
    action: str
    notice_days: int = 0
    minimum: float = 0.0


@dataclass(frozen=True, slots=True)
class Item:
    """Something overdue: an instalment of an invoice. `payer`: whoever it was made out to."""

    id: int
    due: date
    amount: float
    payer: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """A step that was taken. `delivered`: of a notice, the day on which it reached the customer."""

    action: str
    days: int
    on: date
    items: frozenset = field(default_factory=frozenset)
    delivered: date | None = None
    notice_days: int = 0


def ladder_faults(levels):
    """Names of what is wrong with a ladder: "order" (a later action at fewer days), "notice" (no
    notice before log-only), "period" (a notice without days), "twice" (two levels on one day)."""
    levels = sorted(levels, key=lambda level: (level.days, ACTIONS.index(level.action)))
    actions = [ACTIONS.index(level.action) for level in levels]
    faults = set()
    if actions != sorted(actions):
        faults.add("order")
    if len({level.days for level in levels}) < len(levels):
        faults.add("twice")
    notices = [level for level in levels if level.action == NOTICE]
    if any(level.notice_days < 1 for level in notices):
        faults.add("period")
    for level in levels:
        if level.action == LOG_ONLY and not any(one.days < level.days for one in notices):
            faults.add("notice")
    return faults


def by_payer(items):
    """The items of each payer, who is warned about what he owes only: ``[[Item]]``, whose is the
    oldest first."""
    groups = {}
    for item in sorted(items, key=lambda item: (item.due, item.id)):
        groups.setdefault(item.payer, []).append(item)
    return list(groups.values())


def standing(steps, items):
    """Those of the steps that still count: something of what they named is unpaid.

    A later step does not outlive an earlier one being paid off: each stands for itself.
    """
    unpaid = {item.id for item in items}
    return [step for step in steps if step.items & unpaid]


def notice_end(steps):
    """The last day of the notice period, of the steps that stand; None without a delivered
    notice. The period of the last notice counts: nobody is cut off by an older, shorter one."""
    ends = [
        step.delivered + timedelta(days=step.notice_days)
        for step in steps
        if step.action == NOTICE and step.delivered
    ]
    return max(ends, default=None)


def first_notice_end(steps, items):
    """Of all payers, the first whose notice period is over: its last day, or None."""
    ends = [
        notice_end(standing(steps, [item for item in items if item.payer == payer]))
        for payer in {item.payer for item in items}
    ]
    return min(filter(None, ends), default=None)


def next_step(levels, items, steps):
    """The next level and the first day on which its step may be taken; None when there is none.

    :param levels: the ladder, in any order
    :param items: what is overdue (due before the day of the question), in any order
    :param steps: the steps taken about it, in any order
    :return: ``(Level, date)`` or None. A log-only level waits (None) for a notice that was
        delivered; whatever is lower is taken first
    """
    if not items:
        return None
    total = sum(item.amount for item in items)
    stands = standing(steps, items)
    reached = max((step.days for step in stands), default=-1)
    coming = sorted((one for one in levels if one.days > reached), key=lambda level: level.days)
    if not coming:
        return None
    level = coming[0]
    if total < level.minimum:
        return None
    oldest = min(item.due for item in items)
    day = oldest + timedelta(days=level.days)
    if stands:
        last = max(stands, key=lambda step: (step.days, step.on))
        # At least the ladder's own distance, and never on the same day.
        day = max(day, last.on + timedelta(days=max(level.days - last.days, 1)))
    if level.action == LOG_ONLY:
        end = notice_end(stands)
        if end is None:
            return None
        day = max(day, end + timedelta(days=1))
    return level, day


def due_step(levels, items, steps, today, paused_until=None):
    """The level whose step is to be taken today, or None.

    :param paused_until: last day of a pause that somebody ordered
    """
    if paused_until and today <= paused_until:
        return None
    found = next_step(levels, items, steps)
    return found[0] if found and found[1] <= today else None


def state_of(items, steps):
    """The fee state: the gravest action of what stands."""
    if not items:
        return "ok"
    actions = [step.action for step in standing(steps, items)]
    return STATE_OF[max(actions, key=ACTIONS.index)] if actions else "ok"


def may_stay_log_only(items, steps, minimum=0.0):
    """Whether log-only is still justified: something that the notice named is unpaid, and it is
    not a mere remainder."""
    named = frozenset().union(*(step.items for step in steps if step.action == NOTICE))
    unpaid = [item for item in items if item.id in named]
    return bool(unpaid) and sum(item.amount for item in unpaid) >= minimum


def worst(states):
    """The gravest of some fee states.

    >>> worst(["ok", "notice", "none"])
    'notice'
    """
    return max(states, key=FEE_STATES.index, default="none")
