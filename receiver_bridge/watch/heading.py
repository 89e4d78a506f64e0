"""The head of the display: the state of everything in two lines, and what is wrong in red."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from rich.text import Text

from ..clock import to_iso
from .lines import DIM, Lines
from .status import BridgeStatus, LineStatus
from .words import Words

GOOD = "#56c7b5"
BAD = "bold #ffffff on #c4001d"
WARN = "bold #000000 on #f5dd42"

LOOK_BACK = timedelta(minutes=30)
"""What Odoo got so shortly before it went away may not have been handled there."""


@dataclass
class Situation:
    """What is known at this moment. ``away_since``: since when Odoo has not been seen working."""

    bridge: BridgeStatus | None = None
    metrics: bool = True
    journal_error: str = ""
    read_only: str = ""
    directory_error: str = ""
    backlog: dict[str, int] = field(default_factory=dict)
    dead: int = 0
    away_since: datetime | None = None

    def learn(self, bridge: BridgeStatus, now: datetime) -> None:
        """Take in what the bridge has answered, or that it has not."""
        self.bridge = bridge
        if not self.metrics or (bridge.answers and not bridge.odoo_is_down):
            self.away_since = None
        else:
            self.away_since = min(filter(None, (self.away_since, bridge.odoo_since)), default=now)

    @property
    def sent_since(self) -> str | None:
        """See :meth:`Board.pins`."""
        return to_iso(self.away_since - LOOK_BACK) if self.away_since else None


def alerts(now: Situation, words: Words) -> list[tuple[str, str]]:
    """(text, style) of every matter that must be seen from across the room, the worst first."""
    say, found = words.say, []
    bridge = now.bridge
    if now.journal_error:
        found.append((say("The journal cannot be read: {cause}", cause=now.journal_error), BAD))
    if bridge and bridge.answers and bridge.journal != "ok":
        text = say("NOTHING IS ACKNOWLEDGED: the bridge cannot write its journal; panels repeat")
        found.append((text, BAD))
    if bridge and not bridge.answers and now.metrics:
        text = say(
            "THE BRIDGE DOES NOT ANSWER ({cause}): nothing new may come in. Shown is what is"
            " journaled; ticks are kept",
            cause=bridge.cause,
        )
        found.append((text, BAD))
    if bridge and bridge.odoo_is_down:
        text = say("ODOO DOES NOT TAKE SIGNALS: handle alarms here; ticks reach Odoo later")
        found.append((f"{text} — {bridge.odoo_cause}", BAD))
    if now.read_only:
        text = say("Read only, alarms cannot be ticked: {cause}", cause=now.read_only)
        found.append((text, WARN))
    if now.directory_error:
        text = say("No names and phones: {cause}", cause=now.directory_error)
        found.append((text, WARN))
    for code, detail in bridge.conditions if bridge else ():
        found.append((f"{code}: {detail}" if detail else code, WARN))
    return found


def title(name: str, operator: str, words: Words, now: datetime) -> Text:
    """Bridge, local time and UTC, operator."""
    utc = now.astimezone(timezone.utc).strftime("%H:%M:%S UTC")
    text = Text.assemble(
        (f" {name} ", "bold #000000 on #7aa7f0"),
        ("  " + now.strftime("%Y-%m-%d"), ""),
        ("  " + now.strftime("%H:%M:%S"), "bold"),
        (f"  {utc}", DIM),
    )
    if operator:
        text.append(f"  {words.say('operator')} {operator}", DIM)
    return text


def states(now: Situation, lines: Lines) -> Text:
    """Odoo, bridge, journal, what waits and what was rejected."""
    say, bridge = lines.words.say, now.bridge
    text = Text()
    _chip(text, *_odoo(now, lines))
    if bridge is None or not now.metrics:
        _chip(text, say("bridge not known"), DIM)
    else:
        _chip(text, say("bridge OK"), GOOD) if bridge.answers else _chip(
            text, say("BRIDGE DOWN"), BAD
        )
    ill = now.journal_error or (bridge is not None and bridge.journal not in ("", "ok"))
    _chip(text, say("JOURNAL FAILS"), BAD) if ill else _chip(text, say("journal OK"), GOOD)
    waiting = sum(now.backlog.values())
    _chip(text, say("{n} wait", n=waiting), "#f5c542" if waiting else DIM)
    _chip(text, say("{n} rejected", n=now.dead), WARN if now.dead else DIM)
    return text


def _odoo(now: Situation, lines: Lines) -> tuple[str, str]:
    say, bridge = lines.words.say, now.bridge
    if bridge is None or not bridge.answers:
        return say("Odoo not known"), DIM
    if not bridge.odoo_is_down:
        return say("Odoo OK"), GOOD
    since = bridge.odoo_since or now.away_since
    if since is None:
        return say("ODOO DOWN"), BAD
    return say("ODOO DOWN since {time}", time=lines.clock(since)), BAD


def receivers(status: BridgeStatus | None, lines: Lines, width: int) -> Text:
    """The receiver lines side by side in at most two rows, those that are not online first."""
    found = _worst_first(status)
    if not found:
        return Text(" " + lines.words.say("receiver lines: not known"), DIM)
    rows = [Text(no_wrap=True)]
    for index, line in enumerate(found):
        piece = _line(line, lines)
        if line.detail:
            piece.append(f" {line.detail}", "#ff8080")
        if rows[-1] and rows[-1].cell_len + piece.cell_len + 1 > width:
            if len(rows) == _MOST_ROWS:
                left = lines.words.say("+{n} (l)", n=len(found) - index)
                rows[-1].truncate(width - len(left) - 1)
                rows[-1].append(f" {left}", WARN)
                break
            rows.append(Text(no_wrap=True))
        rows[-1].append_text(piece).append(" ")
    return Text("\n").join(rows)


def every_receiver(status: BridgeStatus | None, lines: Lines) -> Text:
    """The receiver lines below each other with all that is known of them."""
    text = Text()
    for line in _worst_first(status):
        text.append_text(_line(line, lines))
        text.append(f"\n    {line.address}", DIM)
        text.append(f"\n    {line.detail}" if line.detail else "", "#ff8080")
        text.append("\n\n")
    return text or Text(lines.words.say("receiver lines: not known"), DIM)


def _worst_first(status: BridgeStatus | None) -> list[LineStatus]:
    return sorted(status.lines if status else (), key=lambda line: line.state == "online")


def _line(line: LineStatus, lines: Lines) -> Text:
    say = lines.words.say
    label, style = _LINE_STATES.get(line.state, (line.state, WARN))
    text = Text.assemble((f" {say(label)} ", style), (f" {line.name} ", "bold"))
    text.append(_heard(line, lines), DIM)
    if line.backlog:
        text.append(" " + say("{n} wait", n=line.backlog), "#f5c542")
    return text


_MOST_ROWS = 2

_LINE_STATES = {
    "online": ("OK", GOOD),
    "silent": ("SILENT", WARN),
    "down": ("DOWN", BAD),
}


def _heard(line: LineStatus, lines: Lines) -> str:
    if line.last_frame_at is None:
        return lines.words.say("not heard yet")
    return lines.clock(line.last_frame_at)


def _chip(text: Text, said: str, style: str) -> None:
    if text:
        text.append(" ")
    text.append(f" {said} ", style)


def key_hints(hints: Sequence[tuple[str, str]], width: int) -> Text:
    """As many (key, what it does) as fit into the width."""
    text = Text(no_wrap=True)
    for key, does in hints:
        piece = Text.assemble((f" {key} ", "bold #000000 on #8a8f98"), f"{does} ")
        if text.cell_len + piece.cell_len > width:
            break
        text.append_text(piece)
    return text
