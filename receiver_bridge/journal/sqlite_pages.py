"""Reads rows out of the bytes of a damaged SQLite file, page by page, asking nothing of the rest.

Source: "Database File Format" of the SQLite project (sections 1.6 B-tree pages, 2 record format,
4 write-ahead log). Works on bytes alone: no index, no interior page and no schema need be whole.
"""

from __future__ import annotations

import array
import struct
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

MAGIC = b"SQLite format 3\0"
_LEAF = 0x0D
_OTHER_TREES = (0x02, 0x05, 0x0A)
_WAL_HEADER = struct.Struct(">8I")
_FRAME_HEADER = struct.Struct(">6I")
_WAL_MAGIC = (0x377F0682, 0x377F0683)
_SIZES = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
_DEFAULT_PAGE = 4096
_MOST_VALUES = 100

Value = int | float | str | bytes | None


@dataclass(frozen=True, slots=True)
class Record:
    """One row of some table: ``values`` in the order of its columns, without names or types."""

    rowid: int
    values: tuple[Value, ...]


@dataclass(slots=True)
class WriteAheadLog:
    """``pages``: page number -> offset of its newest committed version. ``behind``: offsets of
    frames that belong to this log, but lie behind a damaged one, where SQLite does not look."""

    data: bytes = b""
    page_size: int = _DEFAULT_PAGE
    pages: dict[int, int] = field(default_factory=dict)
    behind: list[int] = field(default_factory=list)
    damage: str | None = None


def page_size_of(header: bytes) -> int | None:
    """The page size that a database file's header states, when it has a valid one."""
    if len(header) < 18 or not header.startswith(MAGIC):
        return None
    size: int = struct.unpack_from(">H", header, 16)[0]
    size = 65536 if size == 1 else size
    return size if 512 <= size <= 65536 and size & (size - 1) == 0 else None


def read_wal(data: bytes) -> WriteAheadLog:
    """The committed pages of a write-ahead log, and what is wrong with it."""
    log = WriteAheadLog(data)
    if len(data) < _WAL_HEADER.size:
        return log
    magic, _version, page_size, _number, salt1, salt2, sum1, sum2 = _WAL_HEADER.unpack_from(data)
    big = magic == _WAL_MAGIC[1]
    sums = _checksum(data[:24], big, (0, 0))
    if magic not in _WAL_MAGIC or sums != (sum1, sum2):
        log.damage = "the header of the write-ahead log is damaged"
        log.behind = list(range(_WAL_HEADER.size, len(data), _FRAME_HEADER.size + log.page_size))
        return log
    log.page_size = page_size
    step = _FRAME_HEADER.size + page_size
    offsets = range(_WAL_HEADER.size, len(data) - step + 1, step)
    uncommitted: dict[int, int] = {}
    for number, offset in enumerate(offsets):
        page, size, *frame = _FRAME_HEADER.unpack_from(data, offset)
        if tuple(frame[:2]) != (salt1, salt2):
            # What an older round of the log has left; unless it is this frame that is damaged.
            log.behind = _same_log(data, offsets[number:], (salt1, salt2))
            break
        sums = _frame_sums(data, offset, step, big, sums)
        if sums != tuple(frame[2:]):
            log.behind = _same_log(data, offsets[number:], (salt1, salt2))
            break
        uncommitted[page] = offset
        if size:
            log.pages.update(uncommitted)
            uncommitted.clear()
    if log.behind:
        log.damage = f"{len(log.behind)} pages of the write-ahead log lie behind a damaged one"
    return log


def _same_log(data: bytes, offsets: Sequence[int], salts: tuple[int, int]) -> list[int]:
    return [offset for offset in offsets if _FRAME_HEADER.unpack_from(data, offset)[2:4] == salts]


def _frame_sums(
    data: bytes, offset: int, step: int, big: bool, sums: tuple[int, int]
) -> tuple[int, int]:
    sums = _checksum(data[offset : offset + 8], big, sums)
    return _checksum(data[offset + _FRAME_HEADER.size : offset + step], big, sums)


def _checksum(data: bytes, big: bool, sums: tuple[int, int]) -> tuple[int, int]:
    words = array.array("I", data)
    if big != (sys.byteorder == "big"):
        words.byteswap()
    first, second = sums
    pairs = iter(words)
    for word, following in zip(pairs, pairs, strict=True):
        first = (first + word + second) & 0xFFFFFFFF
        second = (second + following + first) & 0xFFFFFFFF
    return first, second


class PageFile:
    """The pages of a database file under those of its write-ahead log.

    ``data`` is anything that gives bytes by slices, such as an ``mmap``.
    """

    def __init__(self, data: Sequence[int] | bytes, log: WriteAheadLog) -> None:
        self._data = data
        self._log = log
        stated = page_size_of(bytes(data[:18]))
        self.page_size = stated or log.page_size
        reserved = bytes(data[20:21])
        self._usable = self.page_size - (reserved[0] if stated and reserved else 0)

    def records(self) -> Iterator[Record | bytes]:
        """Every record found: those of the newest version of each page first, then what older
        versions and the log's unreachable pages hold. A page that cannot be understood, or not as a
        whole, comes as its bytes as well."""
        count = -(-len(self._data) // self.page_size)
        newest = {*range(1, count + 1), *self._log.pages}
        for number in sorted(newest):
            yield from self._on_page(self._page(number), number == 1)
        for offset in reversed(self._log.behind):
            yield from self._on_page(self._frame(offset), False)
        for number in sorted(self._log.pages):
            if number <= count:
                yield from self._on_page(self._stored(number), number == 1)

    def _page(self, number: int) -> bytes:
        offset = self._log.pages.get(number)
        return self._stored(number) if offset is None else self._frame(offset)

    def _stored(self, number: int) -> bytes:
        begin = (number - 1) * self.page_size
        return bytes(self._data[begin : begin + self.page_size])

    def _frame(self, offset: int) -> bytes:
        begin = offset + _FRAME_HEADER.size
        return self._log.data[begin : begin + self.page_size]

    def _on_page(self, page: bytes, first: bool) -> Iterator[Record | bytes]:
        begin = 100 if first else 0
        kind = page[begin] if len(page) > begin else 0
        if kind != _LEAF:
            if kind not in _OTHER_TREES:
                yield page
            return
        whole = len(page) == self.page_size
        (cells,) = struct.unpack_from(">H", page.ljust(begin + 8, b"\0"), begin + 3)
        for number in range(min(cells, self.page_size // 4)):
            try:
                (pointer,) = struct.unpack_from(">H", page, begin + 8 + 2 * number)
                yield self._cell(page, pointer)
            except (IndexError, ValueError, struct.error):
                whole = False
        if not whole:
            yield page

    def _cell(self, page: bytes, at: int) -> Record:
        """Raises IndexError, ValueError or struct.error when there is no record at ``at``."""
        size, at = _varint(page, at)
        rowid, at = _varint(page, at)
        return Record(_signed(rowid), tuple(_values(self._payload(page, at, size))))

    def _payload(self, page: bytes, at: int, size: int) -> bytes:
        usable = self._usable
        if size <= usable - 35:
            found = page[at : at + size]
        else:
            least = (usable - 12) * 32 // 255 - 23
            local = least + (size - least) % (usable - 4)
            local = local if local <= usable - 35 else least
            (following,) = struct.unpack_from(">I", page, at + local)
            found = page[at : at + local] + self._overflow(following, size - local)
        if len(found) != size:
            raise ValueError("a record is cut off")
        return found

    def _overflow(self, number: int, left: int) -> bytes:
        parts: list[bytes] = []
        if left > len(self._data) + len(self._log.data):
            raise ValueError("a record is larger than its file")
        while left > 0 and number:
            page = self._page(number)
            part = page[4 : 4 + min(left, self._usable - 4)]
            (number,) = struct.unpack_from(">I", page)
            parts.append(part)
            left -= self._usable - 4
        return b"".join(parts)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for position in range(at, at + 8):
        byte = data[position]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, position + 1
    return value << 8 | data[at + 8], at + 9


def _signed(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value


def _values(payload: bytes) -> Iterator[Value]:
    header, at = _varint(payload, 0)
    body = header
    for _ in range(_MOST_VALUES):
        if at >= header:
            return
        kind, at = _varint(payload, at)
        size = _SIZES.get(kind, 8 if kind == 7 else (kind - 12) // 2 if kind >= 12 else 0)
        part = payload[body : body + size]
        if len(part) != size:
            raise ValueError("a value is cut off")
        body += size
        yield _value(kind, part)
    raise ValueError("too many values")


def _value(kind: int, part: bytes) -> Value:
    if kind in _SIZES:
        return int.from_bytes(part, "big", signed=True)
    if kind == 7:
        return float(struct.unpack(">d", part)[0])
    if kind in (8, 9):
        return kind - 8
    if kind >= 12:
        # Damaged text is of use as well: what is wrong with it is judged by whoever knows the row.
        return part if kind % 2 == 0 else part.decode("utf-8", "replace")
    return None
