"""Which bytes are a picture that is kept as evidence."""

import base64
import binascii

# What cameras and drawing pads make. No SVG: it is a program as much as a picture.
_MAGIC = (
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",  # JPEG
    b"GIF8",
)


def is_picture(encoded):
    """Whether base64 text, as bytes or str, holds a PNG, JPEG, GIF or WebP."""
    try:
        head = base64.b64decode(encoded[:64])
    except binascii.Error:
        return False
    return head.startswith(_MAGIC) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")
