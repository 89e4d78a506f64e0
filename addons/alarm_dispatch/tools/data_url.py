"""Pictures as a browser's drawing pad sends them."""

import base64

_HEAD = "data:image/png;base64"


def png_of(data_url):
    """The base64 text of a ``data:image/png;base64,…`` URL.

    :raises ValueError: it is anything else
    """
    head, comma, text = data_url.partition(",")
    if not comma or head != _HEAD:
        raise ValueError(f"A signature begins with {_HEAD}, not with {head[:40]!r}")
    base64.b64decode(text, validate=True)
    return text
