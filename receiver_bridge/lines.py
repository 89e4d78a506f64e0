"""What is known of a receiver's line at this moment; changed in the event loop only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

LineState = Literal["online", "silent", "down"]


@dataclass(slots=True)
class Line:
    """``door_open``: the serial port, socket or connection is there; ``detail`` why it is not.
    ``address`` is where it is.

    ``heard`` is the loop's clock at the last good frame; ``last_seq`` counts what this process has
    journaled for the line.
    """

    name: str
    format: str
    address: str
    door_open: bool = False
    detail: str | None = None
    silent: bool = False
    last_frame_at: datetime | None = None
    heard: float | None = None
    last_seq: int = 0
    forwarded: int = 0

    def opened(self, address: str | None = None) -> None:
        """The door is open; ``address`` where that is known only now."""
        self.address = address or self.address
        self.door_open, self.detail = True, None

    def closed(self, cause: str | None) -> None:
        self.door_open, self.detail = False, cause

    @property
    def state(self) -> LineState:
        if not self.door_open:
            return "down"
        return "silent" if self.silent else "online"
