"""Text as it may arrive on a wire, made fit for the database."""

import re

# PostgreSQL stores no NUL, and UTF-8 has no lone surrogates; JSON may carry both.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text):
    """The text with what no database stores written as an escape; None stays None.

    >>> storable("a\\x00b")
    'a\\\\x00b'
    """
    if text is None:
        return None
    return _UNSTORABLE.sub(_escape, text)


def _escape(match):
    number = ord(match[0])
    return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}"
