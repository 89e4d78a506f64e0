"""The digits of Contact ID (SIA DC-05) as they go over a telephone line, and their checksum.

A digit is worth its face value, 0 ten, B to F eleven to fifteen; A does not occur. The sum of all
digits, the checksum among them, is a multiple of 15.
"""

from __future__ import annotations

from typing import Final

__all__ = ["DIGITS", "FROM_TONES", "checksum", "is_valid"]

DIGITS: Final = "1234567890BCDEF"
"""By their value, from 1 on."""

_VALUES: Final = {digit: value for value, digit in enumerate(DIGITS, start=1)}

FROM_TONES: Final = str.maketrans("*#ABC", "BCDEF")
"""The keys of a telephone, by whose names tone decoders give the digits, to Contact ID's own."""


def is_valid(digits: str) -> bool:
    """Whether a message with its checksum has arrived whole; False for other than ``DIGITS``."""
    values = [_VALUES.get(digit) for digit in digits]
    return None not in values and sum(filter(None, values)) % 15 == 0


def checksum(digits: str) -> str:
    """The last digit of a message. Raises KeyError for other than ``DIGITS``."""
    return DIGITS[14 - sum(_VALUES[digit] for digit in digits) % 15]
