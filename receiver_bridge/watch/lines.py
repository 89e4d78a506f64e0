"""One signal as one line of the list: what stands where, and in which style."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from ..clock import from_iso
from ..directory import Entry
from .board import Board, Pin
from .meaning import KINDS, Meaning
from .row import LATE, Row
from .words import Words

Parts = list[tuple[str, str]]
"""Text and style, side by side."""

WIDE = 96
"""Cells from which on receiver and state have columns of their own."""

_URGENT = {1: "!!!", 2: "!!", 3: "!", 4: "~"}
_BADGES = {
    1: "bold #ffffff on #c4001d",
    2: "bold #000000 on #ff9e1b",
    3: "bold #000000 on #f5dd42",
    4: "#f5c542",
}
_QUIET = {
    "restore": "#56c7b5",
    "cancel": "bold #56c7b5",
    "open": "#7aa7f0",
    "close": "#7aa7f0",
    "open_close": "#7aa7f0",
    "handled": "#56c7b5",
}
_TEXTS = {1: "bold #ff8080", 2: "bold #ffc169", 3: "bold #f5dd42", 4: "#f5c542"}
DIM = "#8a8f98"


@dataclass(frozen=True)
class Lines:
    """Draws signals and pins in the dispatcher's language; ``now`` is the aware local time."""

    board: Board
    entry_of: Callable[[Row], Entry | None]
    words: Words
    now: Callable[[], datetime]

    def of_row(self, row: Row, width: int) -> Parts:
        """A signal in exactly ``width`` cells."""
        board, words = self.board, self.words
        tick = board.tick(row)
        handled = tick is not None
        text = "" if handled else text_style(row.meaning)
        quiet = DIM if handled or row.meaning.urgency > 4 else ""
        event = self.event(row, brief=True)
        if tick is not None:
            event = f"[{tick.by} {self.clock_of(tick.at)}] {event}"
        if repeats := board.repeats(row):
            event += "  " + words.say("(+{n} retries)", n=repeats)
        elif row.repeat_of is not None:
            event += "  " + words.say("(retry)")
        return self._fit(row, width, event, text or quiet, quiet, self._state(row, width))

    def of_pin(self, pin: Pin, width: int) -> Parts:
        """An unhandled alarm in exactly ``width`` cells."""
        words, row = self.words, pin.first
        event = self.event(row, brief=True)
        ahead = []
        if len(pin.rows) > 1:
            ahead.append(f"x{len(pin.rows)}")
        if pin.cancelled_at:
            ahead.append(words.say("cancelled {time}", time=self.clock(pin.cancelled_at)[:5]))
        if pin.restored_at:
            ahead.append(words.say("restored {time}", time=self.clock(pin.restored_at)[:5]))
        if ahead:
            event = f"[{', '.join(ahead)}] {event}"
        state = self._state(row, width)
        if pin.sent:
            state = (words.say("check Odoo"), "?"), "#7aa7f0"
        return self._fit(row, width, event, text_style(row.meaning), "", state)

    def event(self, row: Row, brief: bool = False) -> str:
        """The event with zone, user and area by number and name; ``brief`` leaves out what these
        numbers are, and the area where there is a zone or user."""
        places = where(row, self.entry_of(row), self.words, brief)
        parts = [row.in_words(self.words), *places]
        if row.delay >= LATE:
            parts.insert(1, self.words.say("LATE {delay}", delay=duration(row.delay, self.words)))
        if row.field("text") and row.field("code"):
            parts.append(f"“{row.field('text')}”")
        return " · ".join(parts)

    def clock(self, moment: datetime | None) -> str:
        """Local time in eight cells; of another day its number, hour and minute."""
        if moment is None:
            return "--:--:--"
        now = self.now()
        local = moment.astimezone(now.tzinfo)
        return local.strftime("%H:%M:%S" if local.date() == now.date() else "%d. %H:%M")[:9]

    def clock_of(self, iso: str | None) -> str:
        """An ISO time of the journal as the clock shows it; as it is where it is none."""
        try:
            return self.clock(from_iso(iso)) if iso else "?"
        except ValueError:
            return str(iso)

    def _fit(
        self,
        row: Row,
        width: int,
        event: str,
        text: str,
        quiet: str,
        state: tuple[tuple[str, str], str],
    ) -> Parts:
        entry = self.entry_of(row)
        name = entry.subscriber if entry and entry.subscriber else ""
        (long, short), state_style = state
        badge = badge_text(row.meaning, self.words)
        parts: Parts = [
            (fit(self.clock(row.received_at), 9), quiet),
            (fit(badge, 10), badge_style(row.meaning, faded=quiet == DIM)),
            (" ", ""),
        ]
        left = width - 20
        if width >= WIDE:
            parts.append((fit(row.receiver, 9, gap=True), quiet))
            left -= 9
        account = 9 if width >= WIDE else 7
        parts.append((fit(row.account or "-", account, gap=True), quiet or "bold"))
        subscriber = max(14, min(30, left // 3 - 4))
        parts.append((fit(name or "-", subscriber, gap=True), quiet or "bold"))
        left -= account + subscriber
        tail = 11 if width >= WIDE else 2
        parts.append((fit(event, max(0, left - tail), gap=True), text))
        parts.append((fit(long if width >= WIDE else short, tail), state_style))
        return parts

    def _state(self, row: Row, width: int) -> tuple[tuple[str, str], str]:
        """(Word, sign) and style of how far it has come."""
        words = self.words
        tick, status = self.board.tick(row), self.board.status(row)
        if tick is not None:
            return (words.say("handled"), "v"), "#56c7b5"
        if status.state == "dead":
            return (words.say("REJECTED"), "X"), "bold #ff8080"
        if status.state == "pending":
            return (words.say("waits"), ">"), "#f5c542"
        return (words.say("in Odoo"), " "), DIM


def where(row: Row, entry: Entry | None, words: Words, brief: bool = False) -> list[str]:
    """Zone, user and area, each by its number on the wire and its name in the directory."""
    found: list[str] = []
    if zone := _number(row, "zone"):
        known = entry.zone(zone) if entry else None
        detector = f" ({known.detector})" if known and known.detector and not brief else ""
        name = f" {known.name}{detector}" if known else ""
        number = zone if brief and name else words.say("zone {number}", number=zone)
        found.append(number + name)
    if user := _number(row, "user"):
        holder = entry.user(user) if entry else None
        number = user if brief and holder else words.say("user {number}", number=user)
        found.append(number + (f" {holder.name}" if holder else ""))
    if (area := _number(row, "area")) and not (brief and found):
        part = entry.area(area) if entry else None
        found.append(words.say("area {number}", number=area) + (f" {part.name}" if part else ""))
    if not found and (address := _number(row, "address")):
        found.append(words.say("number {number}", number=address))
    return found


def _number(row: Row, name: str) -> str:
    """Zeros are how Contact ID says that there is none."""
    value = row.field(name) or ""
    return value if value.strip("0 ") else ""


def badge_text(meaning: Meaning, words: Words) -> str:
    """Sign and label, so that nobody needs to tell the colours apart."""
    sign = _URGENT.get(meaning.urgency, "")
    return f"{sign:<3} {words.say(KINDS[meaning.kind])}"


def badge_style(meaning: Meaning, faded: bool = False) -> str:
    if faded:
        return _QUIET.get(meaning.kind, DIM)
    return _BADGES.get(meaning.urgency) or _QUIET.get(meaning.kind, DIM)


def text_style(meaning: Meaning) -> str:
    return _TEXTS.get(meaning.urgency, "")


def clean(text: Text) -> Text:
    """The text without what a terminal would obey: panels and people put anything into theirs."""
    text.plain = _printable(text.plain, "\n")
    return text


def _printable(text: str, besides: str = "") -> str:
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char in besides else "\ufffd" for char in text)


def fit(text: str, width: int, gap: bool = False) -> str:
    """The text in exactly ``width`` cells, shortened with an ellipsis; ``gap`` leaves one free."""
    text = _printable(text)
    room = width - 1 if gap else width
    if room <= 0:
        return " " * max(0, width)
    if cell_len(text) > room:
        text = set_cell_size(text, room - 1).rstrip() + "…"
    return set_cell_size(text, width)


def duration(seconds: float, words: Words) -> str:
    """``45 s``, ``12 min``, ``3 h 05 min``, ``2 d 4 h``.

    >>> duration(3900, Words())
    '1 h 05 min'
    """
    say, minutes = words.say, int(seconds) // 60
    if minutes < 1:
        return say("{n} s", n=int(seconds))
    if minutes < 60:
        return say("{n} min", n=minutes)
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return say("{h} h {m} min", h=hours, m=f"{minutes:02d}")
    return say("{d} d {h} h", d=hours // 24, h=hours % 24)
