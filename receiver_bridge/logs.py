"""Logs for people (one readable line an event) or for machines (one JSON object a line)."""

from __future__ import annotations

import json
import logging
import sys
from datetime import datetime, timezone

from .clock import to_iso

signal_logger = logging.getLogger("receiver_bridge.signal")
"""Gets a line for each signal that the journal has taken."""

_CARRIED = ("receiver", "peer", "uid", "condition", "signal")
"""What a line of the log is about, where that is known (``extra`` of the logging call)."""


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        # Local time with its offset: what the clock on the wall of the centre shows.
        moment = datetime.fromtimestamp(record.created).astimezone()
        stamp = moment.isoformat(sep=" ", timespec="milliseconds")
        line = f"{stamp} {record.levelname:<8} {_one_line(record.getMessage())}"
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return line


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        values: dict[str, object] = {
            "time": to_iso(datetime.fromtimestamp(record.created, timezone.utc)),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        for name in _CARRIED:
            value = getattr(record, name, None)
            if value is not None:
                values[name] = value
        if record.exc_info:
            values["exception"] = self.formatException(record.exc_info)
        return json.dumps(values, ensure_ascii=False)


def set_up_logs(style: str, level: str, signals: bool = False) -> None:
    """Log to standard error; ``style`` is ``text`` or ``json``. ``signals``: every signal,
    too; they are in the journal anyway, and a line for each costs as much as all else about it."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if style == "json" else _Text())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    signal_logger.setLevel(logging.INFO if signals else logging.CRITICAL)


def _one_line(text: str) -> str:
    """What came over the wire must not forge a line of the log."""
    return "".join(c if c.isprintable() or c == "\t" else ascii(c)[1:-1] for c in text)
