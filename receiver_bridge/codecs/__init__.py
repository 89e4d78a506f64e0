"""Codecs: bytes of a wire format to frames, and back. No socket, no clock, no thread.

A third party adds a format by an entry point in the group ``receiver_bridge.codecs`` whose object
has a ``name`` and a ``decoder(options)`` as ``base.Codec`` says; README.md beside this file is the
page about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Final

from receiver_bridge.codecs import (
    ademco685,
    ademco8000,
    contactid,
    contactid_ip,
    d6500,
    d6600,
    dc09,
    galaxy,
    iti,
    oh,
    pima,
    sk9000,
    surgard,
)
from receiver_bridge.codecs.base import (
    NEED_DATA,
    AccountRules,
    Codec,
    DecodeOptions,
    Decoder,
    Encoder,
    Event,
    Frame,
    Greets,
    NeedData,
    Setting,
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
    "Greets",
    "NeedData",
    "Setting",
    "codec_names",
    "encodable_codecs",
    "encoder_of",
    "get_codec",
    "repeat_window_of",
    "settings_of",
    "wrong_settings",
]

ENTRY_POINT_GROUP: Final = "receiver_bridge.codecs"

_OWN: Final[dict[str, Codec]] = {
    codec.name: codec
    for codec in (
        ademco685.CODEC,
        ademco8000.CODEC,
        contactid.CODEC,
        contactid_ip.CODEC,
        d6500.CODEC,
        d6600.CODEC,
        dc09.CODEC,
        galaxy.CODEC,
        iti.CODEC,
        oh.CODEC,
        pima.CODEC,
        sk9000.CODEC,
        surgard.CODEC,
    )
}


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


USUAL_REPEAT_WINDOW: Final = 16.0
"""Seconds; what holds for a codec that does not say: a receiver's four tries within 4 s each."""


def encoder_of(name: str) -> Encoder:
    """The encoder of a format; raises ValueError for a format without one."""
    encoder: Encoder | None = getattr(get_codec(name), "encoder", None)
    if encoder is None:
        raise ValueError(f"format {name!r} cannot be simulated: its codec has no encoder")
    return encoder


def encodable_codecs() -> list[Codec]:
    """The formats that simulated senders can speak, by name."""
    codecs = [get_codec(name) for name in codec_names()]
    return [codec for codec in codecs if getattr(codec, "encoder", None) is not None]


def settings_of(codec: Codec) -> tuple[Setting, ...]:
    """The choices that the format leaves open."""
    settings: tuple[Setting, ...] = getattr(codec, "settings", ())
    return settings


def repeat_window_of(codec: Codec) -> float:
    """Seconds within which the same frame again on the same line is a retry."""
    return float(getattr(codec, "repeat_window", USUAL_REPEAT_WINDOW))


def wrong_settings(codec: Codec, chosen: Mapping[str, object]) -> dict[str, str]:
    """What of ``chosen`` the format does not know: name -> what is allowed in its place."""
    known = {setting.name: setting for setting in settings_of(codec)}
    names = ", ".join(sorted(known)) or "none, this format leaves nothing open"
    return {
        name: " or ".join(f'"{value}"' for value in known[name].allowed)
        if name in known
        else f"as name: {names}"
        for name, value in chosen.items()
        if name not in known or value not in known[name].allowed
    }
