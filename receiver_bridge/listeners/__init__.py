"""Doors: where the bytes of receivers and panels come in and replies go out."""

from .base import Listener, open_listener
from .exclusive import ExclusiveListener

__all__ = ["ExclusiveListener", "Listener", "open_listener"]
