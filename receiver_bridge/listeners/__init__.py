"""Doors: where the bytes of receivers and panels come in and replies go out."""

from .base import Listener, open_listener
from .doors import Shared, probe_door
from .exclusive import ExclusiveListener

__all__ = ["ExclusiveListener", "Listener", "Shared", "open_listener", "probe_door"]
