"""Everything about one signal and whose it is: what is needed to handle it by telephone."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text

from ..directory import Entry
from .board import Board
from .lines import DIM, Lines, badge_style, badge_text, clean, duration, fit, text_style
from .row import LATE, Row
from .words import Words

_HEAD = "bold #7aa7f0"
_LAST = 12
_HEX_BYTES = 16


@dataclass(frozen=True)
class DetailText:
    """Builds the text; sections without content are left out."""

    board: Board
    lines: Lines
    words: Words

    def of(self, row: Row, entry: Entry | None, width: int) -> Text:
        text = Text()
        self._event(text, row)
        self._state(text, row)
        if entry is not None:
            self._site(text, entry)
            self._contacts(text, entry)
            self._places(text, entry, row)
        elif row.account is not None:
            self._head(text, "Subscriber")
            text.append(self.words.say("This account is not in the emergency directory.") + "\n")
        self._history(text, row, width)
        self._fields(text, row)
        self._bytes(text, row)
        return clean(text)

    def _event(self, text: Text, row: Row) -> None:
        say = self.words.say
        text.append(f" {badge_text(row.meaning, self.words).strip()} ", badge_style(row.meaning))
        text.append(f" {self.lines.event(row)}\n", text_style(row.meaning) or "bold")
        account = row.account or "-"
        text.append(say("{receiver}, account {account}", receiver=row.receiver, account=account))
        received = row.received_at
        if received is not None:
            local = received.astimezone(self.lines.now().tzinfo)
            ago = duration(max(0.0, (self.lines.now() - received).total_seconds()), self.words)
            text.append(f"\n{local:%Y-%m-%d %H:%M:%S} " + say("({ago} ago)", ago=ago))
        if row.delay >= LATE:
            late = say("it happened {delay} earlier", delay=duration(row.delay, self.words))
            text.append(f", {late}", "#f5c542")
        text.append("\n")

    def _state(self, text: Text, row: Row) -> None:
        say, tick, status = self.words.say, self.board.tick(row), self.board.status(row)
        if tick is not None:
            at = self.lines.clock_of(tick.at)
            text.append(say("Handled by {by} at {at}", by=tick.by, at=at), "bold #56c7b5")
            text.append(f": {tick.note}" if tick.note else "")
            sent = "told to Odoo" if tick.taken_at else "not yet told to Odoo, u takes it back"
            text.append(f" ({say(sent)})\n", DIM)
        if status.state == "dead":
            reason = say("Odoo REJECTED it: {reason}", reason=status.reason or "?")
            text.append(reason + "\n", "bold #ff8080")
        elif status.state == "pending":
            text.append(say("Odoo does not have it yet.") + "\n", "#f5c542")
        else:
            at = self.lines.clock_of(status.settled_at)
            text.append(say("In Odoo since {at}.", at=at) + "\n", DIM)
        if repeats := self.board.repeats(row):
            text.append(say("Sent {n} times more on the link.", n=repeats) + "\n", DIM)

    def _site(self, text: Text, entry: Entry) -> None:
        say = self.words.say
        self._head(text, "Subscriber")
        text.append(entry.subscriber or "-", "bold")
        extra = ", ".join(part for part in (entry.ref, entry.state) if part)
        text.append(f"  ({extra})\n" if extra else "\n", DIM)
        for label, value in (("Address", entry.address), ("Phone", entry.phone)):
            if value:
                text.append(f"{say(label)}: ", DIM)
                text.append(f"{value}\n", "bold")
        if entry.note:
            text.append(f"{say('Note')}: ", DIM)
            text.append(f"{entry.note}\n", "#f5dd42")

    def _contacts(self, text: Text, entry: Entry) -> None:
        if not entry.contacts:
            return
        self._head(text, "Call in this order")
        for number, contact in enumerate(entry.contacts, start=1):
            text.append(f"{number}. ", DIM)
            text.append(contact.name or "-", "bold")
            text.append("  " + "  /  ".join(contact.phones) + "\n", "bold #7aa7f0")
            if contact.note:
                text.append(f"   {contact.note}\n", "#f5dd42")

    def _places(self, text: Text, entry: Entry, row: Row) -> None:
        zone, user = entry.zone(row.field("zone")), entry.user(row.field("user"))
        self._list(
            text,
            "Zones",
            [
                (f"{item.number} {item.name}" + (f" ({item.detector})" if item.detector else ""))
                for item in entry.zones
            ],
            entry.zones.index(zone) if zone else None,
        )
        self._list(text, "Areas", [f"{item.number} {item.name}" for item in entry.areas], None)
        self._list(
            text,
            "Users",
            [f"{item.number} {item.name}" for item in entry.users],
            entry.users.index(user) if user else None,
        )

    def _list(self, text: Text, head: str, items: list[str], marked: int | None) -> None:
        if not items:
            return
        self._head(text, head)
        for index, item in enumerate(items):
            here = index == marked
            text.append(f"> {item}\n" if here else f"  {item}\n", "bold #ffc169" if here else "")

    def _history(self, text: Text, row: Row, width: int) -> None:
        self._head(text, "Last signals of this account" if row.account else "Last of this line")
        for other in self.board.of_site(row, _LAST):
            style = "bold" if other.uid == row.uid else ""
            text.append(fit(self.lines.clock(other.received_at), 9), style)
            text.append(fit(badge_text(other.meaning, self.words), 10), badge_style(other.meaning))
            text.append(f" {fit(self.lines.event(other), max(10, width - 22)).rstrip()}\n", style)

    def _fields(self, text: Text, row: Row) -> None:
        self._head(text, "All fields")
        for name, value in row.signal.items():
            if name == "raw_hex" or value in (None, [], ""):
                continue
            shown = (
                "  ".join(f"{key}={said}" for key, said in value)
                if isinstance(value, list)
                else str(value)
            )
            text.append(f"{name}: ", DIM)
            text.append(shown + "\n")

    def _bytes(self, text: Text, row: Row) -> None:
        raw = row.field("raw_hex") or ""
        if not raw:
            return
        self._head(text, "Bytes as received")
        for start in range(0, len(raw), _HEX_BYTES * 2):
            part = raw[start : start + _HEX_BYTES * 2]
            pairs = [part[index : index + 2] for index in range(0, len(part), 2)]
            shown = "".join(_printable(pair) for pair in pairs)
            text.append(f"{' '.join(pairs):<47}  {shown}\n", DIM)

    def _head(self, text: Text, head: str) -> None:
        text.append(f"\n{self.words.say(head)}\n", _HEAD)


def _printable(pair: str) -> str:
    try:
        code = int(pair, 16)
    except ValueError:
        return "?"
    return chr(code) if 32 <= code < 127 else "."
