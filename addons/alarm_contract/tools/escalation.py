"""How a price goes up (or down): by percent, by an amount, or with an index."""

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from .periods import boundary, index_of, months_between
from .pricing import exact, rounded

KINDS = ("percent", "amount", "index")


@dataclass(frozen=True)
class Escalation:
    """`value`: percent, or an amount a month per piece; `cap` and `floor`: of the change, in
    percent (None: without one); `base_index` and `index`: for the kind index."""

    kind: str
    value: float = 0.0
    cap: float | None = None
    floor: float | None = None
    base_index: float = 0.0
    index: float = 0.0


@dataclass(frozen=True)
class Step:
    """The new price, the change in percent that was asked for and the one that was applied."""

    price: float
    asked: Fraction
    applied: Fraction

    @property
    def limited(self):
        return self.asked != self.applied


def change_of(escalation, price, months=1):
    """The change in percent that the escalation asks for of a price of `months`.

    :raises ValueError: for an unknown kind, or an index without a base
    """
    if escalation.kind == "percent":
        return exact(escalation.value)
    if escalation.kind == "amount":
        return exact(escalation.value) * months * 100 / exact(price) if price else Fraction(0)
    if escalation.kind == "index":
        if escalation.base_index <= 0 or escalation.index <= 0:
            raise ValueError("an index has a value above 0 at both days")
        base = exact(escalation.base_index)
        return (exact(escalation.index) - base) * 100 / base
    raise ValueError(f"no such escalation: {escalation.kind!r}; there are {', '.join(KINDS)}")


def step(escalation, price, months=1, base_price=None, rounding=0.01):
    """The new price of a line that costs `price` for `months`.

    With `base_price` the change is reckoned from it and not from the present price, as an index
    with a fixed reference is. Cap and floor hold for the change that is reckoned.
    """
    base = price if base_price is None else base_price
    asked = change_of(escalation, base, months)
    applied = asked
    if escalation.cap is not None:
        applied = min(applied, exact(escalation.cap))
    if escalation.floor is not None:
        applied = max(applied, exact(escalation.floor))
    new = exact(base) * (100 + applied) / 100
    return Step(max(rounded(new, rounding), 0.0), asked, applied)


def too_young(since, day, months):
    """Whether a customer since `since` is younger than so many months on the day."""
    return not since or months_between(since, day) < months


def first_day(anchor, months, day, billed_until=None):
    """From when a price that is to hold from `day` on holds for a line: the first period that
    begins on or after it and is not billed yet. Nobody pays more for what he has paid already."""
    earliest = max(day, billed_until + timedelta(days=1)) if billed_until else day
    if earliest <= anchor:
        return anchor
    index = index_of(anchor, months, earliest)
    begin = boundary(anchor, months, index)
    return begin if begin >= earliest else boundary(anchor, months, index + 1)
