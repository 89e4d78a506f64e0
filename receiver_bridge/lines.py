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

    ``heard`` is the loop's clock at the last good frame; ``newest`` the uid of the newest signal
    that this process has journaled for the line.
    """

    name: str
    format: str
    address: str
    door_open: bool = False
    detail: str | None = None
    silent: bool = False
    last_frame_at: datetime | None = None
    heard: float | None = None
    newest: str = ""
    forwarded: int = 0

    def opened(self, address: str | None = None) -> None:
        """The door is open; ``address`` where that is known only now."""
        self.address = address or self.address
        self.door_open, self.detail = True, None

    def closed(self, cause: str | None) -> None:
        self.door_open, self.detail = False, cause

    def last_seq(self, epoch: str) -> int:
        """The number of the newest signal of an epoch; 0 when nothing is known of one."""
        prefix, _colon, number = self.newest.rpartition(":")
        return int(number) if prefix == f"{epoch}:{self.name}" else 0

    @property
    def state(self) -> LineState:
        if not self.door_open:
            return "down"
        return "silent" if self.silent else "online"
