"""Fully digitalised e-fapiao (数电发票): its number, and what is printed of the buyer.

Since 1 December 2024 (State Taxation Administration, Announcement 2024 No. 11) an e-fapiao has one
number of 20 digits and no code beside it: year (2), province (2), channel (1), serial number (15).
"""

import re

_NUMBER = re.compile(r"[0-9]{20}")
_SEPARATORS = re.compile(r"[\s-]")


def normalised(number: str | None) -> str | None:
    """As typed or pasted, without spaces and hyphens, full-width digits as plain ones."""
    if not number:
        return None
    return _SEPARATORS.sub("", number.translate(_PLAIN_DIGITS)) or None


def is_number(number: str) -> bool:
    """Whether it is 20 digits."""
    return bool(_NUMBER.fullmatch(number))


def joined(*parts: str | None) -> str:
    """Address and telephone, or bank and account, as one line; what is missing is left out."""
    return " ".join(part.strip() for part in parts if part and part.strip())


_PLAIN_DIGITS = {ord("０") + digit: str(digit) for digit in range(10)}
