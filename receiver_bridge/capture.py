"""Every byte of a line into a file that a person can read and a program can play again.

One record a line: time, number of the connection, a mark, and the rest::

    # receiver-bridge capture 1 format=dc09 receiver=dc-1
    2026-11-20T08:00:00.123456Z 1 + tcp://192.0.2.7:40000
    2026-11-20T08:00:00.125001Z 1 < \\x0a9EC40027"ADM-CID"0001L0#1002[#1002|1602 00 001]\\x0d
    2026-11-20T08:00:00.129876Z 1 > \\x0a8C5D0012"ACK"0001L0#1002[]\\x0d
    2026-11-20T08:00:00.230001Z 1 -

``+`` a connection (or a datagram's sender), ``<`` bytes from it, ``>`` bytes to it, ``-`` its end,
``!`` a remark. Printable ASCII stands for itself but for the backslash, all else is ``\\xNN``. A
header begins a new count of connections. What is captured is personal data: mode 0600.
"""

from __future__ import annotations

import logging
import os
import queue
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Final, Literal

from .clock import to_iso, utc_now
from .config import CaptureSettings
from .metrics import Metrics

_logger = logging.getLogger(__name__)

Mark = Literal["+", "<", ">", "-", "!"]

_HEADER: Final = re.compile(r"# receiver-bridge capture 1 format=(\S+) receiver=(\S+)")
_RECORD: Final = re.compile(r"(\S+Z) (\d+) ([-+<>!])(?: (.*))?")
_ESCAPE: Final = re.compile(rb"\\x([0-9a-f]{2})")
_TO_ESCAPE: Final = re.compile(rb"[^ -\[\]-~]")
_MOST_QUEUED: Final = 20_000
_COMPLAIN_EVERY: Final = 60.0
_SHORT_WAIT: Final = 0.2


def escape(data: bytes) -> str:
    """Bytes as the file has them; ``unescape`` is the way back."""
    return _TO_ESCAPE.sub(lambda found: b"\\x%02x" % found[0][0], data).decode("ascii")


def unescape(text: str) -> bytes:
    """Raises ValueError for what ``escape`` never makes."""
    data = text.encode("ascii")
    if b"\\" in _ESCAPE.sub(b"", data):
        raise ValueError("a backslash without two hexadecimal digits")
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), data)


class Capture:
    """One receiver's capture. Off until it is configured; on or off, it never stops the line: what
    the disk does not take is counted, said and left out."""

    def __init__(self, receiver: str, format: str, metrics: Metrics) -> None:
        self._header = f"# receiver-bridge capture 1 format={format} receiver={receiver}"
        self._receiver = receiver
        self._lost = metrics.capture_lost.labels(receiver)
        self._settings: CaptureSettings | None = None
        self._writer: _Writer | None = None
        self._connections = 0
        self.active = False

    def configure(self, settings: CaptureSettings | None) -> None:
        """Begin, go on in another file, or end."""
        if settings == self._settings:
            return
        self.close(_SHORT_WAIT)
        self._settings = settings
        if settings is not None:
            self._writer = _Writer(settings, self._header, self._receiver, self._lost.inc)
            self._writer.start()
            self._connections = 0
            self.active = True

    def tap(self, source: str) -> Tap:
        """For one connection, whether or not a capture is on."""
        return Tap(self, source)

    def close(self, wait: float = 2.0) -> None:
        """Write what is queued and end, in so many seconds at most."""
        writer, self._writer, self._settings, self.active = self._writer, None, None, False
        if writer is not None:
            writer.end(wait)

    def begin(self, source: str) -> tuple[object, int]:
        """The running capture and the next number in it."""
        self._connections += 1
        self.record(self._connections, "+", source)
        return self._writer, self._connections

    def is_current(self, writer: object) -> bool:
        return writer is self._writer

    def record(self, number: int, mark: Mark, text: str) -> None:
        if self._writer is not None:
            self._writer.put(f"{to_iso(utc_now())} {number} {mark} {text}".rstrip(" "))


class Tap:
    """One connection's end of a capture; it is told of when the first byte of it is captured."""

    __slots__ = ("_capture", "_source", "_writer", "_number")

    def __init__(self, capture: Capture, source: str) -> None:
        self._capture = capture
        self._source = source
        self._writer: object = None
        self._number = 0

    def record(self, mark: Mark, data: bytes = b"") -> None:
        if not self._capture.active:
            return
        if not self._number or not self._capture.is_current(self._writer):
            self._writer, self._number = self._capture.begin(self._source)
        # A blank at the end is shown as an escape, so that no editor loses it.
        text = escape(data)
        if text.endswith(" "):
            text = text[:-1] + "\\x20"
        self._capture.record(self._number, mark, text)


class _Writer(threading.Thread):
    def __init__(
        self, settings: CaptureSettings, header: str, receiver: str, lost: Callable[[float], object]
    ) -> None:
        super().__init__(name=f"capture {receiver}", daemon=True)
        self._settings = settings
        self._header = header
        self._receiver = receiver
        self._lost = lost
        self._queue: queue.Queue[str | None] = queue.Queue(_MOST_QUEUED)
        self._file: IO[str] | None = None
        self._size = 0
        self._left_out = 0
        self._counting = threading.Lock()
        self._complained = -_COMPLAIN_EVERY

    def put(self, line: str) -> None:
        try:
            self._queue.put_nowait(line)
        except queue.Full:
            self._leave_out(1, "the disk is too slow")

    def end(self, wait: float) -> None:
        """Write what is queued; a disk that hangs is waited for so many seconds and no longer."""
        try:
            self._queue.put_nowait(None)
        except queue.Full:
            return
        self.join(wait)

    def run(self) -> None:
        ended = False
        while not ended:
            lines = [self._queue.get()]
            while len(lines) < 1000:
                try:
                    lines.append(self._queue.get_nowait())
                except queue.Empty:
                    break
            ended = None in lines
            self._write([line for line in lines if line is not None])
        self._give_up_file()

    def _write(self, lines: list[str]) -> None:
        if not lines:
            return
        try:
            if self._size > self._settings.max_megabytes * 1_000_000:
                self._rotate()
            if self._file is None:
                self._open()
            assert self._file is not None
            text = "\n".join(lines) + "\n"
            left_out = self._left_out
            if left_out:
                text = f"{to_iso(utc_now())} 0 ! {left_out} records left out\n{text}"
            self._file.write(text)
            self._file.flush()
            self._size += len(text)
            with self._counting:
                self._left_out -= left_out
        except OSError as error:
            self._leave_out(len(lines), str(error))
            self._give_up_file()

    def _open(self) -> None:
        path = self._settings.path
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.fchmod(descriptor, 0o600)
        self._file = open(descriptor, "a", encoding="ascii", errors="backslashreplace")  # noqa: SIM115
        self._size = os.fstat(descriptor).st_size
        self._file.write(self._header + "\n")

    def _rotate(self) -> None:
        """path -> path.1 -> path.2 …; the oldest goes."""
        self._give_up_file()
        path, keep = self._settings.path, self._settings.keep
        for number in range(keep, 0, -1):
            older = path.with_name(f"{path.name}.{number}")
            newer = path.with_name(f"{path.name}.{number - 1}") if number > 1 else path
            if newer.exists():
                newer.replace(older)
        if keep == 0:
            path.unlink(missing_ok=True)

    def _give_up_file(self) -> None:
        file, self._file, self._size = self._file, None, 0
        if file is not None:
            try:
                file.close()
            except OSError as error:
                _logger.debug("%s: capture: %s", self._receiver, error)

    def _leave_out(self, number: int, cause: str) -> None:
        with self._counting:
            self._left_out += number
        self._lost(number)
        now = time.monotonic()
        if now - self._complained >= _COMPLAIN_EVERY:
            self._complained = now
            _logger.error(
                "%s: capture to %s is not complete: %s",
                self._receiver,
                self._settings.path,
                cause,
                extra={"receiver": self._receiver},
            )


@dataclass(frozen=True, slots=True)
class Record:
    """One line of a capture. ``connection`` is unique over the whole file; ``data`` are the bytes
    of ``<`` and ``>``, ``text`` what stands at the others."""

    time: datetime
    connection: tuple[int, int]
    mark: Mark
    data: bytes
    text: str


class CaptureError(ValueError):
    """A line that is none of a capture; the text names it."""


def read_capture(lines: Iterable[str]) -> tuple[str, Iterator[Record]]:
    """The format that was captured, and all records. Raises CaptureError, the records when they
    are come to."""
    numbered = enumerate(lines, start=1)
    first = next(numbered, (1, ""))[1]
    header = _HEADER.fullmatch(first.rstrip("\n"))
    if header is None:
        raise CaptureError("line 1: no header of a capture")
    return header[1], _records(numbered)


def _records(numbered: Iterator[tuple[int, str]]) -> Iterator[Record]:
    run = 0
    for number, line in numbered:
        line = line.rstrip("\n")
        if _HEADER.fullmatch(line):
            run += 1
            continue
        yield _record(number, line, run)


def _record(number: int, line: str, run: int) -> Record:
    found = _RECORD.fullmatch(line)
    if found is None:
        raise CaptureError(f"line {number}: no record: {line[:60]!r}")
    mark: Mark = found[3]  # type: ignore[assignment]
    text = found[4] or ""
    try:
        moment = datetime.fromisoformat(found[1].replace("Z", "+00:00"))
        data = unescape(text) if mark in "<>" else b""
    except ValueError as error:
        raise CaptureError(f"line {number}: {error}") from None
    return Record(moment, (run, int(found[2])), mark, data, text)
