"""What is deducted from a fee when what was agreed was not reached.

An indicator is measured once a period, higher is better. Its steps say: below this value so many
percent of the fee of the period are deducted. The gravest step that was reached counts, alone. A
cap limits it, and all deductions of a period together never take more than its fee.
"""

from typing import NamedTuple

from .pricing import exact, rounded


class Step(NamedTuple):
    below: float
    percent: float


class Deduction(NamedTuple):
    """`step`: the one that counts, None: nothing is deducted; `percent`: after the cap."""

    step: Step | None
    percent: float
    amount: float


def deduct(value, steps, fee, cap=0.0, taken=0.0, rounding=0.01):
    """The deduction for a measured `value`.

    :param cap: at most so many percent of the fee; 0: no cap but the fee itself
    :param taken: what other indicators deduct from the same fee already
    """
    reached = [step for step in steps if value < step.below]
    if not reached or fee <= 0:
        return Deduction(None, 0.0, 0.0)
    step = max(reached, key=lambda one: (one.percent, -one.below))
    percent = min(exact(step.percent), exact(cap) if cap > 0 else 100, 100)
    left = max(exact(fee) - exact(taken), 0)
    amount = min(exact(fee) * percent / 100, left)
    return Deduction(step, float(percent), rounded(amount, rounding))


def steps_faults(steps):
    """What is wrong with steps: "percent" (out of 0–100), "twice" (one value twice), "order" (less
    deducted for a worse value)."""
    faults = set()
    ordered = sorted(steps, key=lambda step: step.below)
    for worse, better in zip(ordered, ordered[1:], strict=False):
        if worse.below == better.below:
            faults.add("twice")
        elif worse.percent <= better.percent:
            faults.add("order")
    if any(not 0 < step.percent <= 100 for step in steps):
        faults.add("percent")
    return faults
