"""From when, over how many months and until when a leased piece is depreciated, what it is worth.

Depreciation goes by whole months. Two customs exist: the month of acceptance counts and that of
the end does not; or, as the Chinese standards have it (CAS 4, application guide: depreciation of
what is added in a month begins in the next one, of what is given up in a month ends with it), the
other way round. Either way a piece that stays for n months is depreciated n times.
"""

from decimal import ROUND_HALF_UP, Decimal

# What the month of acceptance does.
FIRST_MONTHS = [
    ("this", "The month of acceptance is depreciated, that of the end is not"),
    ("next", "The month after acceptance is the first, that of the end the last"),
]

# Over what time.
OVER = [
    ("automatic", "Term Where It Goes to Somebody Else Then, Else Useful Life"),
    ("term", "Term of the Contract"),
    ("life", "Useful Life of the Product"),
]

# How a contract's equipment is treated -> what an asset of it is called in the books.
TREATMENTS = [
    ("own_asset", "Leased Equipment"),
    ("intangible", "Concession Right"),
    ("contract_cost", "Contract Cost"),
]


def first_day(day, first_month):
    """The day from which a piece is depreciated that was accepted on a day."""
    if first_month == "next":
        months = day.year * 12 + day.month
        return day.replace(year=months // 12, month=months % 12 + 1, day=1)
    return day


def is_due(line_day, day, first_month):
    """Whether the month of a line (its last day) is still depreciated when the piece goes on a
    day."""
    month, end = (line_day.year, line_day.month), (day.year, day.month)
    return month <= end if first_month == "next" else month < end


def months(over, term, life, leaves=False):
    """Over how many months; at least one.

    :param term: months that are left of the contract, None without a contract that ends
    :param life: months of the product's useful life
    :param leaves: whether the equipment is somebody else's after the term
    """
    if not term or over == "life" or (over == "automatic" and not leaves):
        number = life or term
    elif over == "automatic" and life:
        number = min(term, life)
    else:
        number = term
    return max(number or 1, 1)


def begun_months(start, end):
    """How many months a term from one day to another (both included) has, a begun one counts."""
    if end < start:
        return 0
    number = (end.year - start.year) * 12 + end.month - start.month
    return number + (1 if end.day >= start.day else 0) or 1


def split(value, quantities, cent=Decimal("0.01")):
    """A value shared by quantities, to the cent.

    :param quantities: numbers, at least one of them not zero
    :return: list of Decimal, of which the sum is the value
    """
    total = sum(Decimal(str(quantity)) for quantity in quantities)
    cents = Decimal(str(value)) / cent
    shares, passed, booked = [], Decimal(0), Decimal(0)
    for quantity in quantities:
        passed += Decimal(str(quantity))
        until = (cents * passed / total).quantize(Decimal(1), rounding=ROUND_HALF_UP)
        shares.append((until - booked) * cent)
        booked = until
    return shares
