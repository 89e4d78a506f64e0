"""The life of a contract as a line: what happened or will happen when, and where on the line."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Event:
    """`kind`: start, end, notice, price, discount, charge, line. `text`: in the user's language."""

    date: date
    kind: str
    text: str


@dataclass(frozen=True)
class Scale:
    """The days from the first to the last one, in percent of the line."""

    first: date
    last: date

    def at(self, day):
        days = (self.last - self.first).days
        share = (day - self.first).days / days if days else 0
        return round(100 * min(max(share, 0), 1), 2)


def scale_of(days, today, least=timedelta(days=365)):
    """A line on which all these days and today are, and not shorter than a year."""
    days = [*days, today]
    first, last = min(days), max(days)
    return Scale(first, max(last, first + least))


def in_order(events):
    """Events day by day: [(day, events)]; what is said twice of a day is said once."""
    days = {}
    for event in sorted(set(events), key=lambda event: (event.date, event.kind, event.text)):
        days.setdefault(event.date, []).append(event)
    return list(days.items())
