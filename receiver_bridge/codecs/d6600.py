"""Bosch D6600 and D6100 (Conettix). Its records are the D6500's, see ``d6500``; it sends Contact ID
qualifiers as digits."""

from __future__ import annotations

from typing import Final

from receiver_bridge.codecs.d6500 import radionics_codec
from receiver_bridge.codecs.d6500_encoder import RadionicsEncoder

__all__ = ["CODEC"]

CODEC: Final = radionics_codec("d6600", RadionicsEncoder())
