"""Free text on the wire: UTF-8 by the newer editions of DC-09, Windows-1252 by the older ones."""

from __future__ import annotations

__all__ = ["decode_text"]


def decode_text(text: str) -> str:
    """Readable text from bytes that were decoded as Latin-1.

    UTF-8 if it is that, else Windows-1252; a byte that is neither becomes U+FFFD, and so does NUL,
    which databases refuse. Never fails: the frame's bytes are kept beside it.
    """
    if text.isascii():
        return text.replace("\0", "\ufffd")
    data = text.encode("latin-1")
    try:
        decoded = data.decode("utf-8")
    except UnicodeDecodeError:
        decoded = data.decode("cp1252", errors="replace")
    return decoded.replace("\0", "\ufffd")
