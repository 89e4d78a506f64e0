"""Numbers of the command line with what is allowed for them; argparse shows the errors."""

from __future__ import annotations

import argparse
import math

_MOST = 1_000_000_000


def whole_number(text: str) -> int:
    """From 1 to a thousand million."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
    if not 1 <= number <= _MOST:
        raise argparse.ArgumentTypeError(f"{text!r}; allowed: a whole number from 1 to {_MOST}")
    return number


def not_negative(text: str) -> float:
    """Zero or more, finite."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r}; allowed: a number, 0 or more")
    return number
