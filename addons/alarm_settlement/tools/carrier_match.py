"""What a carrier says it collected against what we expect, row by row: whatever does not agree is a
line with its type. Nothing here knows the database."""

from decimal import Decimal
from typing import NamedTuple

# What a line of the comparison is, worst first.
TYPES = [
    ("unreadable", "Cannot Be Read"),
    ("unknown", "Unknown to Us"),
    ("duplicate", "Twice in the File"),
    ("terminated", "Ended with Us"),
    ("settled", "Settled Already"),
    ("amount", "Amount Differs"),
    ("missing", "Missing in the File"),
    ("matched", "Agrees"),
]


class Expected(NamedTuple):
    """A contract that the carrier collects for: its id, what it is known by, what the carrier owes
    us for it, and whether it had ended before the period."""

    id: int
    references: tuple
    amount: Decimal
    ended: bool = False
    settled: bool = False


class Line(NamedTuple):
    """`row`: index in the rows, None where the file has none; `contract`: id or None."""

    type: str
    row: int | None
    contract: int | None
    expected: Decimal
    found: Decimal


def match(rows, contracts):
    """One line for each row of the file, and one for each contract that the file leaves out.

    A row is known by its reference, else by its account. A name that two contracts share points
    to none of them.
    """
    by_reference = {}
    for contract in contracts:
        for reference in set(contract.references):
            by_reference.setdefault(reference, []).append(contract)
    lines, seen = [], set()
    for index, row in enumerate(rows):
        found = row.amount if row.amount is not None else Decimal(0)
        contract = _find(row, by_reference)
        if row.problem:
            # An account whose amount cannot be read is not missing: it is this line.
            if contract and contract.id not in seen:
                seen.add(contract.id)
                lines.append(Line("unreadable", index, contract.id, contract.amount, found))
            else:
                lines.append(Line("unreadable", index, None, Decimal(0), found))
        elif not contract:
            lines.append(Line("unknown", index, None, Decimal(0), found))
        elif contract.id in seen:
            lines.append(Line("duplicate", index, contract.id, Decimal(0), found))
        else:
            seen.add(contract.id)
            lines.append(Line(_type(contract, found), index, contract.id, contract.amount, found))
    for contract in contracts:
        if contract.id not in seen and contract.amount:
            lines.append(Line("missing", None, contract.id, contract.amount, Decimal(0)))
    return lines


def _find(row, by_reference):
    for reference in filter(None, (row.reference, row.account)):
        found = by_reference.get(reference, [])
        if len(found) == 1:
            return found[0]
    return None


def _type(contract, found):
    if found == contract.amount:
        return "matched"
    if contract.ended and not contract.amount:
        return "terminated"
    if contract.settled and not contract.amount:
        return "settled"
    return "amount"
