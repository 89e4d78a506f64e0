"""What people report by telephone. Pure."""

# Class -> priority, in the order in which a dispatcher chooses.
CLASSES = {
    "burglary": "2",
    "panic": "1",
    "fire": "1",
    "medical": "1",
    "tamper": "3",
    "trouble": "4",
    "access": "4",
    "open_close": "4",
    "other": "3",
}

MAX_TEXT = 2000
MAX_NAME = 200


def short(text, limit=MAX_NAME):
    """One line of what was typed.

    >>> short("  Li \\n Wei "), short(None), short(7)
    ('Li Wei', '', '')
    """
    return " ".join(text.split())[:limit] if isinstance(text, str) else ""


def digits(text):
    """The digits of a telephone number; "" where they are too few to find anybody by.

    >>> digits("0755-8333 12"), digits("A12")
    ('0755833312', '')
    """
    found = "".join(char for char in text if char.isascii() and char.isdigit())
    return found if len(found) >= 5 else ""
