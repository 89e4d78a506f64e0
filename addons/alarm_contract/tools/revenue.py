"""What the revenue ledger books of a line: the difference between what the line is worth on a day
and what is booked of it, each part under the kind that caused it.

The differences of a line always add up to what it is worth, so for any two days
opening + movements = closing, whatever happened between them.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from .pricing import exact, rounded

STARTS = ("new", "add_on", "re_sign", "transfer", "reactivation", "downgrade")
ENDS = ("drop", "downgrade", "cancel", "re_sign", "transfer", "suspension")

KINDS = [
    ("new", "New"),
    ("add_on", "Add-on"),
    ("price_up", "Price Up"),
    ("price_down", "Price Down"),
    ("downgrade", "Downgrade"),
    ("drop", "Dropped"),
    ("cancel", "Cancellation"),
    ("re_sign", "Signed Anew"),
    ("transfer", "Transfer"),
    ("suspension", "Suspension"),
    ("reactivation", "Reactivation"),
]

# What counts as attrition. One line or contract in the place of another is none, and a suspension
# is none yet.
LOST = ("cancel", "drop", "downgrade", "price_down")

# One line or contract in the place of another.
SWAPS = ("re_sign", "transfer")

# As which kind a contract came or went when lines of several kinds did at once.
_BIRTH = ("new", "transfer", "re_sign", "reactivation")
# Who takes a contract over, but not all of it, has not ended it by what he left.
_DEATH = ("cancel", "transfer", "re_sign", "drop", "downgrade", "suspension")


class Account(NamedTuple):
    """Under what a line is booked."""

    company_id: int
    currency_id: int
    business_model_id: int | None
    revenue_class: str


@dataclass(frozen=True)
class Worth:
    """What a line is worth a month on a day."""

    amount: float = 0.0
    quantity: float = 0.0
    running: bool = False
    account: Account | None = None


@dataclass(frozen=True)
class Booked(Worth):
    """What the ledger says of a line. What it was worth when it ended is kept: an end may turn out
    to be none, or to be another one."""

    ended_as: str | None = None
    ended_amount: float = 0.0
    ended_quantity: float = 0.0
    on: date | None = None


@dataclass(frozen=True)
class Movement:
    kind: str
    amount: float
    quantity: float
    lines: int = 0
    account: Account | None = None


def differences(booked, worth, start_kind, end_kind, left=False, rounding=0.01):
    """Movements that lead from what is booked of a line to what it is worth.

    :param start_kind: one of STARTS, for a line that was not there before
    :param end_kind: one of ENDS
    :param left: nothing follows the line: its contract has ended, or it was given up
    :return: ``(movements, Booked afterwards)``
    """
    movements = []
    if worth.running and not booked.running and booked.ended_as:
        # It is back. A suspension is over; any other end was none, and its own row is put right.
        kind = "reactivation" if booked.ended_as == "suspension" else booked.ended_as
        movements.append(
            Movement(kind, booked.ended_amount, booked.ended_quantity, 1, booked.account)
        )
        booked = replace(
            booked, amount=booked.ended_amount, quantity=booked.ended_quantity, running=True
        )
    if worth.running and booked.running:
        movements += _account_change(booked, worth)
        movements += _steps(booked, worth, rounding)
    elif worth.running:
        movements.append(Movement(start_kind, worth.amount, worth.quantity, 1, worth.account))
    elif booked.running:
        # Who ends while suspended has left.
        end_kind = "cancel" if left and end_kind == "suspension" else end_kind
        movements.append(Movement(end_kind, -booked.amount, -booked.quantity, -1, booked.account))
        return movements, replace(
            booked,
            amount=0.0,
            quantity=0.0,
            running=False,
            ended_as=end_kind,
            ended_amount=booked.amount,
            ended_quantity=booked.quantity,
        )
    elif left and booked.ended_as == "suspension":
        # Who is suspended and leaves has left: what the suspension took was lost after all.
        amount, quantity = booked.ended_amount, booked.ended_quantity
        kind = "drop" if end_kind == "drop" else "cancel"
        movements = [
            Movement("suspension", amount, quantity, 1, booked.account),
            Movement(kind, -amount, -quantity, -1, booked.account),
        ]
        return movements, replace(booked, ended_as=kind)
    else:
        return [], booked
    return movements, Booked(worth.amount, worth.quantity, True, worth.account, on=booked.on)


def _account_change(booked, worth):
    """Of another class, model or currency than before: out there and in here, as it was worth. An
    amount in another currency is not comparable, so the line enters with what it is worth."""
    if booked.account == worth.account:
        return []
    same_money = booked.account.currency_id == worth.account.currency_id
    amount, quantity = (
        (booked.amount, booked.quantity) if same_money else (worth.amount, worth.quantity)
    )
    return [
        Movement("transfer", -booked.amount, -booked.quantity, -1, booked.account),
        Movement("transfer", amount, quantity, 1, worth.account),
    ]


def _steps(booked, worth, rounding):
    """More or fewer pieces at the old price, then the new price for all of them."""
    if booked.account.currency_id != worth.account.currency_id:
        return []
    old, rest = exact(booked.amount), exact(worth.amount) - exact(booked.amount)
    more = exact(worth.quantity) - exact(booked.quantity)
    movements = []
    if more:
        part = rounded(old / exact(booked.quantity) * more if booked.quantity else rest, rounding)
        movements.append(
            Movement("add_on" if more > 0 else "downgrade", part, float(more), 0, worth.account)
        )
        rest -= exact(part)
    rest = rounded(rest, rounding)
    if rest:
        movements.append(
            Movement("price_up" if rest > 0 else "price_down", rest, 0.0, 0, worth.account)
        )
    return movements


def effective_on(movement, day, booked_on, date_start, date_end, discount_until):
    """Since when it has been so, at the latest the day on which it is booked.

    :param booked_on: when the line was booked last, None: never
    """
    since = day
    if movement.lines > 0 and not booked_on and date_start:
        since = date_start
    elif movement.lines < 0 and date_end:
        since = date_end + timedelta(days=1)
    elif movement.kind in ("price_up", "price_down") and discount_until:
        end = discount_until + timedelta(days=1)
        if not booked_on or booked_on < end:
            since = end
    return min(since, day)


def contract_change(movements, before, after):
    """Which of a contract's movements is the one with which it came (1) or went (-1).

    :param before: number of its lines that are booked as running
    :return: ``(index, change)``, or None
    """
    if bool(before) == bool(after):
        return None
    change, order = (1, _BIRTH) if after else (-1, _DEATH)
    ranks = {kind: rank for rank, kind in enumerate(order)}
    index = min(
        (index for index, movement in enumerate(movements) if movement.lines == change),
        key=lambda index: ranks.get(movements[index].kind, len(order)),
    )
    return index, change
