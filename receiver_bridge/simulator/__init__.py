"""Panels and receivers that are not there: they speak over real doors, encoded by our own codecs.

They behave as the real ones do: one record under way at a time, repeated until it is answered, and
every answer is checked.
"""

from .links import Link, LinkError, open_link
from .panel import Dc09Panel
from .receiver import SimulatedReceiver
from .sender import Outcome, SimulatedSender

__all__ = [
    "Dc09Panel",
    "Link",
    "LinkError",
    "Outcome",
    "SimulatedReceiver",
    "SimulatedSender",
    "open_link",
]
