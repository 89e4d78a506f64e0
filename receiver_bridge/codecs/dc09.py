"""SIA DC-09, editions 2007 to 2026; see ``dc09_decoder`` and ``dc09_encoder``."""

from __future__ import annotations

from receiver_bridge.codecs.base import DecodeOptions, Encoder
from receiver_bridge.codecs.dc09_decoder import Dc09Decoder
from receiver_bridge.codecs.dc09_encoder import Dc09Encoder

__all__ = ["CODEC", "Dc09Codec"]


class Dc09Codec:
    """The codec of SIA DC-09. ``encoder`` speaks in clear; with a key make a ``Dc09Encoder``. A
    panel repeats what it saw no answer to after a time-out of its own, 5 to 60 s as usual."""

    name = "dc09"
    encoder: Encoder = Dc09Encoder()
    repeat_window = 180.0

    def decoder(self, options: DecodeOptions) -> Dc09Decoder:
        return Dc09Decoder(options)


CODEC = Dc09Codec()
