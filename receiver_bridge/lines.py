"""What is known of a receiver's line at this moment; changed in the event loop only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

LineState = Literal["online", "silent", "down"]


@dataclass(slots=True)
class Line:
    """``door_open``: the serial port, socket or connection is there. ``address`` is where it is.

    ``heard`` is the loop's clock at the last good frame; ``last_seq`` counts what this process has
    journaled for the line.
    """

    name: str
    format: str
    address: str
    door_open: bool = False
    silent: bool = False
    last_frame_at: datetime | None = None
    heard: float | None = None
    last_seq: int = 0
    forwarded: int = 0

    @property
    def state(self) -> LineState:
        if not self.door_open:
            return "down"
        return "silent" if self.silent else "online"
