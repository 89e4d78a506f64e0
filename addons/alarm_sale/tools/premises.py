"""When two records mean the same premises."""

import math
import unicodedata

# Metres within which two positions are the same door.
NEAR = 40
# A telephone number is told by its last digits: the prefix of the country is written or not.
PHONE_DIGITS = 8

_METRES_PER_DEGREE = 111_320


def address_key(street, street2, city):
    """Key under which an address is the same however it is written.

    Width of characters, case, spaces and punctuation mean nothing ("No. 5, High St" and
    "no 5 high ST"); letters and digits do. Without a street there is no key: half a town would
    be the same.

    :return: text; "" where the address says too little
    """
    parts = [_letters(part) for part in (street, street2, city)]
    return "".join(parts) if parts[0] or parts[1] else ""


def phone_key(phone):
    """The last digits of a telephone number; "" for less than a number."""
    digits = "".join(filter(str.isdigit, unicodedata.normalize("NFKC", phone or "")))
    return digits[-PHONE_DIGITS:] if len(digits) >= PHONE_DIGITS - 1 else ""


def box_around(latitude, longitude, metres=NEAR):
    """``(south, north, west, east)`` in degrees, at least `metres` to each side."""
    up = metres / _METRES_PER_DEGREE
    aside = up / max(math.cos(math.radians(latitude)), 0.01)
    return latitude - up, latitude + up, longitude - aside, longitude + aside


def _letters(text):
    text = unicodedata.normalize("NFKC", text or "").casefold()
    return "".join(filter(str.isalnum, text))
