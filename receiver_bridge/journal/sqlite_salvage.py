"""Copies everything readable of a damaged journal into a new one, row by row.

Three ways, each for what the one before has not found: SQLite's own reading, by ranges of rows that
are halved around what it cannot read; the records on every page, asking neither index nor schema
(``sqlite_pages``); and the signals' JSON text wherever it lies on a page that is not understood.
"""

from __future__ import annotations

import contextlib
import json
import mmap
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from ..clock import from_iso, to_iso, utc_now
from ..signal import Draft, Signal
from .sqlite_file import size_of, wal_of
from .sqlite_pages import PageFile, Record, Value, WriteAheadLog, read_wal
from .sqlite_schema import checksum, create_tables

_COLUMNS: Final = (
    *("position", "uid", "receiver", "journaled_at", "state", "settled_at", "reason"),
    *("link", "fingerprint", "part", "body", "checksum"),
)
_BEFORE_CHECKSUMS = len(_COLUMNS) - 1
_STATES: Final = ("pending", "delivered", "dead")
_UID = re.compile(r"[0-9a-f]{32}:(?P<receiver>.+):(?P<number>[1-9][0-9]{0,18})", re.DOTALL)
_BODY = re.compile(rb'\{"uid":"[0-9a-f]{32}:')
_DECODER = json.JSONDecoder()
_MOST_FAILURES = 3000
"""Ranges that may fail before SQLite is asked no more: with a broken trunk none would succeed."""
_ROWS_A_TRANSACTION = 5000

_INSERT = (
    f"INSERT OR IGNORE INTO signal ({', '.join(_COLUMNS)})"
    f" VALUES ({', '.join('?' * len(_COLUMNS))})"
)


@dataclass(frozen=True, slots=True)
class Salvaged:
    """``pending``, ``delivered`` and ``dead``: signals saved, by state. ``substituted``: those of
    them whose contents were damaged and that are handed on as unparsed, with what was left.
    ``missing``: those that are known to be lost, at least: of a process that is no more, the
    numbers absent between those saved."""

    pending: int
    delivered: int
    dead: int
    substituted: int
    missing: int

    def __str__(self) -> str:
        return (
            f"{self.pending} waiting, {self.delivered} delivered and {self.dead} dead signals were"
            f" saved, {self.substituted} of them damaged; at least {self.missing} are missing"
        )


def salvage(source: Path, target: Path, held: Mapping[str, int] | None = None) -> Salvaged:
    """Make the journal ``target`` from the damaged ``source``, which is left as it is. ``held``:
    stream of uids -> how many of them ``source`` is known to have had, where somebody knows.

    A signal that is found more than once counts as the first finding says. Raises OSError and
    sqlite3.Error when ``target`` cannot be written.
    """
    with closing(sqlite3.connect(target, isolation_level=None)) as connection:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        # Whole or not at all is seen to by whoever renames it; the last step is on disk.
        connection.execute("PRAGMA journal_mode = MEMORY")
        connection.execute("PRAGMA synchronous = FULL")
        create_tables(connection)
        writer = _Writer(connection)
        connection.execute("BEGIN")
        log = read_wal(wal_of(source).read_bytes()) if size_of(wal_of(source)) else WriteAheadLog()
        if not _read_by_sqlite(source, writer) or log.damage is not None:
            _read_pages(source, log, writer)
        writer.finish()
        return writer.result(held or {})


class _Writer:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._written = 0
        self._substituted: dict[str, tuple[Value, ...]] = {}

    def signal(self, row: Sequence[Value]) -> None:
        """Take a row of ``signal``, whole or damaged; a damaged one counts only when no whole copy
        of it is found anywhere."""
        uids = [uid for uid in (_uid(row[1]), _uid_in(row[10])) if uid is not None]
        for uid in uids:
            if _whole(uid, row[10], row[11]):
                self._insert(_clean(uid, row))
                return
        for uid in uids[:1]:
            self._substituted.setdefault(uid, tuple(row))

    def finish(self) -> None:
        for uid in self._known(self._substituted):
            del self._substituted[uid]
        for uid, row in self._substituted.items():
            self._insert(_substitute(uid, row))
        self.connection.execute("COMMIT")

    def result(self, held: Mapping[str, int]) -> Salvaged:
        states = Counter[str](
            dict(self.connection.execute("SELECT state, count(*) FROM signal GROUP BY state"))
        )
        return Salvaged(
            pending=states["pending"],
            delivered=states["delivered"],
            dead=states["dead"],
            substituted=len(self._substituted),
            missing=self._missing(held),
        )

    def _known(self, uids: Iterable[str]) -> list[str]:
        query = "SELECT 1 FROM signal WHERE uid = ?"
        return [uid for uid in uids if self.connection.execute(query, (uid,)).fetchone()]

    def _insert(self, row: Sequence[Value]) -> None:
        added = self.connection.execute(_INSERT, row).rowcount
        if not added and not self._known([str(row[1])]):
            # Its position is taken by another signal: one of the two was damaged there.
            self.connection.execute(_INSERT, (None, *row[1:]))
        self._written += 1
        if self._written % _ROWS_A_TRANSACTION == 0:
            self.connection.execute("COMMIT")
            self.connection.execute("BEGIN")

    def _missing(self, held: Mapping[str, int]) -> int:
        """Where nobody knows how many there were: retention removes the oldest delivered signals;
        behind the first that is left of a process there is no gap, but for signals set aside."""
        saved = count_by_stream(self.connection)
        lost = sum(max(0, number - saved[stream]) for stream, number in held.items())
        lowest: dict[str, int] = {}
        highest: dict[str, int] = {}
        found = Counter[str]()
        for uid, state in self.connection.execute("SELECT uid, state FROM signal ORDER BY state"):
            if (match := _UID.fullmatch(uid)) is None:
                continue
            stream, number = stream_of(uid), int(match["number"])
            if stream in held:
                continue
            if state != "dead":
                lowest[stream] = min(number, lowest.get(stream, number))
            highest[stream] = max(number, highest.get(stream, number))
        for (uid,) in self.connection.execute("SELECT uid FROM signal"):
            stream, number = stream_of(uid), int(uid.rpartition(":")[2])
            found[stream] += number >= lowest.get(stream, number)
        return lost + sum(
            highest[stream] - first + 1 - found[stream] for stream, first in lowest.items()
        )


def stream_of(uid: str) -> str:
    """What numbers a uid is one of: its epoch and receiver."""
    return uid.rpartition(":")[0]


def count_by_stream(connection: sqlite3.Connection) -> Counter[str]:
    """How many signals of each stream there are."""
    return Counter(stream_of(uid) for (uid,) in connection.execute("SELECT uid FROM signal"))


def _uid(value: Value) -> str | None:
    return value if isinstance(value, str) and _UID.fullmatch(value) else None


def _uid_in(body: Value) -> str | None:
    try:
        signal = json.loads(body) if isinstance(body, str) else None
    except ValueError:
        return None
    return _uid(signal.get("uid")) if isinstance(signal, dict) else None


def _whole(uid: str, body: Value, crc: Value) -> bool:
    if not isinstance(body, str):
        return False
    return _uid_in(body) == uid if crc is None else crc == checksum(uid, body)


def _clean(uid: str, row: Sequence[Value]) -> tuple[Value, ...]:
    """The row as the table takes it; what beside uid and body is damaged is made out of these, or
    left out. Where the state cannot be read the signal is sent: Odoo takes it once."""
    position, _uid_found, _receiver, journaled_at, state, settled_at, reason, *rest = row
    link, fingerprint, part, body, _crc = rest
    match = _UID.fullmatch(uid)
    assert match is not None
    texts = [
        value if isinstance(value, str) else None
        for value in (settled_at, reason, link, fingerprint)
    ]
    return (
        position if isinstance(position, int) and 0 < position < 1 << 48 else None,
        *(uid, match["receiver"], _moment(journaled_at, body)),
        state if state in _STATES else "pending",
        *texts,
        part if isinstance(part, int) and 0 <= part < 1 << 31 else 0,
        *(body, checksum(uid, str(body))),
    )


def _moment(journaled_at: Value, body: Value) -> str:
    with contextlib.suppress(ValueError, AttributeError):
        return to_iso(from_iso(str(journaled_at)))
    with contextlib.suppress(ValueError, AttributeError):
        return to_iso(from_iso(str(json.loads(str(body)).get("journaled_at"))))
    return to_iso(utc_now())


def _substitute(uid: str, row: tuple[Value, ...]) -> tuple[Value, ...]:
    """An unparsed signal in place of one whose contents are damaged: what is left of it is shown.
    It keeps its uid: where Odoo has the signal already, it is not taken for another one."""
    moment, body = _moment(row[3], None), row[10]
    left = body if isinstance(body, bytes) else str(body or "").encode("utf-8", "replace")
    draft = Draft(
        receiver=uid.split(":", 1)[1].rpartition(":")[0],
        format="unknown",
        kind="unparsed",
        source="journal",
        received_at=moment,
        text="damaged in the journal; what is left of it is in the raw bytes",
        raw_hex=left.hex(),
    )
    text = json.dumps(Signal(uid, moment, None, draft).as_dict(), separators=(",", ":"))
    return _clean(uid, (*row[:7], None, None, 0, text, None))


def _read_by_sqlite(source: Path, writer: _Writer) -> bool:
    """Whether SQLite could read all of it."""
    with closing(_reading(source)) as connection:
        try:
            tables = [
                _Table(connection, str(name), str(sql))
                for name, sql in connection.execute(
                    "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
                    " AND name NOT LIKE 'sqlite!_%' ESCAPE '!' AND sql IS NOT NULL"
                ).fetchall()
            ]
        except sqlite3.DatabaseError:
            return False
        for table in tables:
            table.copy(writer)
        return all(table.whole for table in tables) and any(
            table.name == "signal" for table in tables
        )


def _reading(source: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"file:{quote(str(source))}?mode=ro", uri=True)
    # What is no UTF-8 any more is still read, as bytes, and judged by the row's checksum.
    connection.text_factory = _text
    return connection


def _text(data: bytes) -> str | bytes:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data


class _Table:
    """A table of the damaged file, read by ranges of its rowid."""

    def __init__(self, connection: sqlite3.Connection, name: str, sql: str) -> None:
        """Raises sqlite3.DatabaseError when its columns cannot be read."""
        self.name = name
        self._connection = connection
        self._sql = sql
        self._quoted = _quote(name)
        self._columns = [
            str(row[1]) for row in connection.execute(f"PRAGMA table_info({self._quoted})")
        ]
        self._failures = 0

    @property
    def whole(self) -> bool:
        """Whether nothing of it was unreadable."""
        return self._failures == 0

    def copy(self, writer: _Writer) -> None:
        if self.name == "signal":
            shown = [column if column in self._columns else "NULL" for column in _COLUMNS]
            for row in self._rows(", ".join(shown)):
                writer.signal(row)
            return
        listed = ", ".join(map(_quote, self._columns))
        target = writer.connection
        if not target.execute(
            "SELECT 1 FROM sqlite_master WHERE name = ?", (self.name,)
        ).fetchone():
            target.execute(self._sql)
        marks = ", ".join("?" * len(self._columns))
        for row in self._rows(listed):
            target.execute(f"INSERT OR IGNORE INTO {self._quoted} ({listed}) VALUES ({marks})", row)

    def _rows(self, listed: str) -> Iterator[tuple[Any, ...]]:
        query = (
            f"SELECT rowid, {listed} FROM {self._quoted} NOT INDEXED"
            " WHERE rowid BETWEEN ? AND ? ORDER BY rowid"
        )
        ranges = [(1, 1 << 62)]
        while ranges and self._failures < _MOST_FAILURES:
            low, high = ranges.pop()
            last = low - 1
            try:
                for row in self._connection.execute(query, (low, high)):
                    last = int(row[0])
                    yield row[1:]
            except sqlite3.DatabaseError:
                self._failures += 1
                ranges += _halves(last + 1, high)


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _halves(low: int, high: int) -> list[tuple[int, int]]:
    """The two halves of what has failed, the lower one last; nothing of a single row. Positions are
    small numbers: the first cuts are made there, not in the middle of all."""
    if low >= high:
        return []
    cut = min((low + high) // 2, 2 * low + 1023)
    return [(cut + 1, high), (low, cut)]


def _read_pages(source: Path, log: WriteAheadLog, writer: _Writer) -> None:
    with source.open("rb") as file, contextlib.ExitStack() as stack:
        data: Any = b""
        if size_of(source):
            data = stack.enter_context(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        for found in PageFile(data, log).records():
            if isinstance(found, Record):
                if len(found.values) in (_BEFORE_CHECKSUMS, len(_COLUMNS)):
                    values = (*found.values, None)[: len(_COLUMNS)]
                    writer.signal((found.rowid, *values[1:]))
            else:
                for row in _carved(found):
                    writer.signal(row)


def _carved(page: bytes) -> Iterator[tuple[Value, ...]]:
    """Signals whose JSON text lies whole on a page, whatever else is wrong with it. Whether they
    were delivered is not known: they are sent."""
    for match in _BODY.finditer(page):
        text = page[match.start() :].decode("utf-8", "replace")
        try:
            signal, end = _DECODER.raw_decode(text)
        except ValueError:
            continue
        uid, receiver, at = (signal.get(name) for name in ("uid", "receiver", "journaled_at"))
        if not all(isinstance(value, str) for value in (uid, receiver, at)):
            continue
        body = text[:end]
        crc = checksum(uid, body)
        yield (None, uid, receiver, at, "pending", None, None, None, None, 0, body, crc)
