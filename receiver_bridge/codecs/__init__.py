"""Codecs: bytes of a wire format to frames, and back. No socket, no clock, no thread.

A third party adds a format by an entry point in the group ``receiver_bridge.codecs`` whose object
has a ``name`` and a ``decoder(options)`` as ``base.Codec`` says.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Final

from receiver_bridge.codecs import dc09, surgard
from receiver_bridge.codecs.base import (
    NEED_DATA,
    AccountRules,
    Codec,
    DecodeOptions,
    Decoder,
    Encoder,
    Event,
    Frame,
    NeedData,
)

__all__ = [
    "ENTRY_POINT_GROUP",
    "NEED_DATA",
    "AccountRules",
    "Codec",
    "DecodeOptions",
    "Decoder",
    "Encoder",
    "Event",
    "Frame",
    "NeedData",
    "codec_names",
    "get_codec",
]

ENTRY_POINT_GROUP: Final = "receiver_bridge.codecs"

_OWN: Final[dict[str, Codec]] = {codec.name: codec for codec in (dc09.CODEC, surgard.CODEC)}


@cache
def _plugged_in() -> dict[str, EntryPoint]:
    """Formats of third parties by name; our own names are ours."""
    found = entry_points(group=ENTRY_POINT_GROUP)
    return {point.name: point for point in found if point.name not in _OWN}


def codec_names() -> list[str]:
    """The names of all formats, in order."""
    return sorted([*_OWN, *_plugged_in()])


def get_codec(name: str) -> Codec:
    """The codec of a format. Raises ValueError for a name that is none, with the names that are."""
    own = _OWN.get(name)
    if own is not None:
        return own
    point = _plugged_in().get(name)
    if point is None:
        raise ValueError(f"unknown format {name!r}; allowed: {', '.join(codec_names())}")
    codec: Codec = point.load()
    return codec
