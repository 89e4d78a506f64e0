"""How much of a turnover or of a profit is the other side's, and how one amount is divided into
milestones. Exact until the one rounding of each part."""

from fractions import Fraction
from typing import NamedTuple

from odoo.addons.alarm_contract.tools.pricing import exact, rounded

# What the rate of a tier is taken of.
TIER_RULES = [
    ("slice", "Each Slice at Its Rate"),
    ("whole", "All at the Rate That Is Reached"),
]


class Tier(NamedTuple):
    """From which amount of the base on which rate, in percent, holds."""

    from_amount: float
    rate: float


class Part(NamedTuple):
    """One line of the calculation of a share: `amount` = `base` × `rate` %."""

    from_amount: float
    base: float
    rate: float
    amount: float


def share_parts(base, tiers, rule="slice", rounding=0.01):
    """The parts of the share of `base`.

    :param tiers: Tier in any order. Below the lowest `from_amount` nothing is shared
    :param rule: "slice": each slice of the base has the rate of its tier; "whole": all of the base
        has the rate of the tier that it reaches
    :return: list of Part. The base of slices adds up to what of the base is above the lowest tier.
        A base below zero (more was credited than invoiced) gives back at the rate of the lowest
        tier; nothing when that begins above zero
    :raises ValueError: when there is no such rule
    """
    rules = dict(TIER_RULES)
    if rule not in rules:
        raise ValueError(f"no such rule of tiers: {rule!r}; there are {', '.join(rules)}")
    steps = sorted(tiers)
    total = exact(base)
    if not steps or not total:
        return []
    if total < 0:
        first = steps[0]
        return [] if first.from_amount > 0 else [_part(first, total, rounding)]
    if rule == "whole":
        reached = [step for step in steps if exact(step.from_amount) <= total]
        return [_part(reached[-1], total, rounding)] if reached else []
    parts = []
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        end = total if following is None else min(total, exact(following.from_amount))
        slice_ = end - exact(step.from_amount)
        if slice_ > 0:
            parts.append(_part(step, slice_, rounding))
    return parts


def total_of(amounts, rounding=0.01):
    """The exact sum of amounts."""
    return rounded(sum((exact(amount) for amount in amounts), Fraction(0)), rounding)


def _part(step, base, rounding):
    amount = rounded(base * exact(step.rate) / 100, rounding)
    return Part(step.from_amount, rounded(base, rounding), step.rate, amount)


def profit_base(turnover, cost, carried, rounding=0.01):
    """What a share of profit is taken of, and the loss that the next period begins with.

    :param carried: the loss of the periods before, as a number that is not above zero
    :return: (base, loss to carry): one of them is zero
    """
    result = rounded(exact(turnover) - exact(cost) + exact(carried), rounding)
    return (result, 0.0) if result >= 0 else (0.0, result)


def divide(total, percents, rounding=0.01):
    """Amounts of the parts of a total. When the percents add up to 100, so do the amounts to the
    total: what rounding would lose is passed on to the next one."""
    amounts, reached, booked = [], Fraction(0), Fraction(0)
    for percent in percents:
        reached += exact(total) * exact(percent) / 100
        amount = exact(rounded(reached, rounding)) - booked
        booked += amount
        amounts.append(rounded(amount, rounding))
    return amounts
