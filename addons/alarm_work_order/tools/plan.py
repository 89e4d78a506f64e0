"""Who is wanted at two places at once, without a database."""

from datetime import datetime
from typing import NamedTuple


class Booking(NamedTuple):
    """One order in the plan. ``people``: whoever it takes, crews and persons as one wishes to
    name them."""

    key: int
    start: datetime
    end: datetime
    people: frozenset


def conflicts(booking, others):
    """The keys of those that want somebody of this one at the same time. One that begins when
    this one ends does not."""
    return {
        other.key
        for other in others
        if other.key != booking.key
        and other.start < booking.end
        and booking.start < other.end
        and other.people & booking.people
    }
