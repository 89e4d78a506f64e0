"""How long a contract binds, until when notice is given, and how it goes on.

The end of a term is its last day. Ends are reckoned from the day after the first term's last one,
so a term to 31 January that is renewed by a month ends on 28 February and then on 31 March.
"""

from datetime import timedelta

from .periods import add_months

KINDS = ("none", "automatic", "manual", "month_to_month")

_DAY = timedelta(days=1)


def renewed_end(term_end, kind, months, day):
    """The last day of the term in which `day` is: `term_end`, or the end of a later one where the
    contract renews by itself; None where it has no term."""
    if not term_end or day <= term_end or not goes_on(kind, months):
        return term_end
    length = step_of(kind, months)
    anchor = term_end + _DAY
    count = max(((day.year - anchor.year) * 12 + day.month - anchor.month) // length, 0)
    while add_months(anchor, count * length) <= day:
        count += 1
    return add_months(anchor, count * length) - _DAY


def next_end(term_end, kind, months, end):
    """The last day of the term after the one that ends on `end`."""
    return renewed_end(term_end, kind, months, end + _DAY)


def goes_on(kind, months):
    """Whether a contract goes on when nobody says anything."""
    return kind == "month_to_month" or (kind == "automatic" and months > 0)


def step_of(kind, months):
    """By how many months a contract that goes on is renewed at a time."""
    return 1 if kind == "month_to_month" else months


def notice_deadline(end, days):
    """The last day on which notice can be given for the end."""
    return end - timedelta(days=days)


def bound_until(noticed, term_end, kind, months, days):
    """The last day on which a customer who gives notice on `noticed` is bound.

    Within a term that is its end; after it, and without one, he is bound for the days of notice. A
    term that renews by itself binds for another one when the notice comes after its deadline.
    """
    notice_over = noticed + timedelta(days=days)
    if not term_end:
        return notice_over
    if kind == "automatic" and goes_on(kind, months):
        end = renewed_end(term_end, kind, months, noticed)
        while notice_deadline(end, days) < noticed:
            end = next_end(term_end, kind, months, end)
        return end
    if kind == "month_to_month" or noticed > term_end:
        return max(term_end, notice_over)
    return term_end


def reminder_due(deadline, day, lead_days):
    """Whether somebody is to be reminded on `day` of a deadline: from so many days before it on."""
    return deadline - timedelta(days=lead_days) <= day <= deadline
