"""Doors: where the bytes of receivers and panels come in and replies go out."""

from .base import Listener, open_listener

__all__ = ["Listener", "open_listener"]
