"""The display: puts the parts on the screen and turns keys into filters and ticks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.events import Resize
from textual.widget import Widget
from textual.widgets import Input, Static

from ..config import Config
from ..journal import JournalError, Ticked
from .board import SHOWS, Board, Filter, Pin
from .detail import DetailText
from .dialogs import Answer, Page, TickDialog, help_text
from .feed import Feed, News
from .heading import Situation, alerts, every_receiver, key_hints, receivers, states, title
from .lines import Lines, clean, fit
from .people import People
from .row import Row
from .rows import Rows
from .status import ask_bridge
from .words import Words

JOURNAL_EVERY = 0.5
BRIDGE_EVERY = 2.0
SIDE_BY_SIDE = 140
"""Columns from which on the details stand beside the list."""

_TEXTS = (
    "title",
    "states",
    "alerts",
    "lines",
    "pinned-title",
    "bar",
    "side-text",
    "hints",
)
_GROWING = frozenset({"alerts", "lines", "side-text"})


class WatchApp(App[None]):
    """``last``: signals read at the start; ``bell``: ring on a new alarm."""

    TITLE = "receiver-bridge watch"
    CSS_PATH = "watch.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "tick", show=False),
        Binding("T", "tick_site", show=False),
        Binding("u", "undo", show=False),
        Binding("n", "next_alarm", show=False),
        Binding("f", "filter", show=False),
        Binding("a", "account", show=False),
        # Before all others, so that what is typed on its heels goes into the search.
        Binding("slash", "search", show=False, priority=True),
        Binding("escape", "clear", show=False),
        Binding("p", "pause", show=False),
        Binding("l", "lines", show=False),
        Binding("b", "bell_switch", show=False),
        Binding("question_mark,f1", "help", show=False),
        Binding("q", "quit", show=False),
    ]

    def __init__(
        self, config: Config, words: Words, operator: str = "", bell: bool = True, last: int = 2000
    ) -> None:
        super().__init__()
        self._config = config
        self._words = words
        self._operator = operator
        self._bell = bell
        self._feed = Feed(config.journal, last)
        self._feed_lock = asyncio.Lock()
        self._people = People(config)
        self._board = Board(describe=self._describe)
        self._lines = Lines(self._board, self._people.of, words, self._now)
        self._details = DetailText(self._board, self._lines, words)
        self._situation = Situation(metrics=config.metrics is not None)
        self._filter = Filter()
        self._frozen: list[Row] | None = None
        self._arrived = 0
        self._started = False
        self._failed = True
        self._shown = False
        self._texts = {name: Static(id=name) for name in _TEXTS}
        self._said: dict[str, Text] = {}
        self._search = Input(id="search", placeholder=words.say("search"))
        self._side = VerticalScroll(id="side", can_focus=False)
        self.pinned: Rows[Pin] = Rows(
            self._lines.of_pin, lambda pin: pin.first.uid, follows=False, id="pinned"
        )
        self.list: Rows[Row] = Rows(
            self._lines.of_row, lambda row: row.uid, follows=True, id="list"
        )

    def compose(self) -> ComposeResult:
        texts = self._texts
        yield texts["title"]
        yield texts["states"]
        yield texts["alerts"]
        yield texts["lines"]
        with Horizontal(id="middle"):
            with Vertical(id="left"):
                yield texts["pinned-title"]
                yield self.pinned
                yield texts["bar"]
                yield self._search
                yield self.list
            with self._side:
                yield texts["side-text"]
        yield texts["hints"]

    def on_mount(self) -> None:
        self._shown = True
        self._search.display = False
        self._focus(self.list)
        self._show_head()
        self.set_interval(1.0, self._show_head)
        self.run_worker(self._follow_journal(), name="journal")
        self.run_worker(self._follow_bridge(), name="bridge")

    def on_resize(self, event: Resize) -> None:
        self._side.set_class(event.size.width >= SIDE_BY_SIDE, "open")
        self.call_after_refresh(self._show_all)

    async def on_unmount(self) -> None:
        self._shown = False
        async with self._feed_lock:
            await asyncio.to_thread(self._feed.close)
        self._people.close()

    # What comes in

    async def _follow_journal(self) -> None:
        while True:
            started = time.monotonic()
            await self._look()
            # In a storm of signals most of the time is left to the keys.
            await asyncio.sleep(max(JOURNAL_EVERY, 2 * (time.monotonic() - started)))

    async def _look(self) -> None:
        undelivered = self._board.undelivered()
        async with self._feed_lock:
            news = await asyncio.to_thread(self._feed.look, undelivered)
        self._take(news)

    async def _follow_bridge(self) -> None:
        address = self._config.metrics.listen if self._config.metrics else None
        while True:
            before = self._situation.sent_since
            self._situation.learn(await asyncio.to_thread(ask_bridge, address), self._now())
            self._show_head()
            if self._situation.sent_since != before:
                self._show_pins()
            await asyncio.sleep(BRIDGE_EVERY)

    def _take(self, news: News) -> None:
        situation = self._situation
        situation.journal_error, situation.read_only = news.error, news.read_only
        failed, self._failed = self._failed, bool(news.error)
        if news.error:
            self._show_pins()
            self._show_head()
            return
        situation.backlog, situation.dead = news.backlog, news.dead
        board = self._board
        if news.anew:
            board.clear()
        board.take_older(news.older)
        alarms = board.take(news.stored)
        settled = board.take_statuses(news.statuses)
        ticked = board.take_ticks(news.ticks)
        self._arrived += len(news.stored)
        if alarms and self._started and self._bell:
            self.bell()
        new = news.anew or news.stored or news.older or settled or ticked or failed
        self._started = True
        if new:
            self._show_all()

    # What is shown

    def _now(self) -> datetime:
        return datetime.now().astimezone()

    @property
    def _showing(self) -> bool:
        """At the end what is still on its way, such as a moved cursor, finds no screen."""
        return self._shown and bool(self.screen_stack)

    def _show_all(self) -> None:
        if not self._showing:
            return
        if self._frozen is None:
            self.list.show(self._board.rows(self._filter))
            self._arrived = 0
        else:
            self.list.refresh()
        self._show_pins()
        self._show_head()
        self._show_side()

    def _show_pins(self) -> None:
        if not self._showing:
            return
        pins = self._board.pins(self._situation.sent_since)
        self.pinned.show(pins)
        most = max(3, self.size.height // 3)
        self.pinned.styles.height = min(len(pins), most)
        head = self._texts["pinned-title"]
        unknown = not pins and bool(self._situation.journal_error or not self._started)
        head.set_class(not pins and not unknown, "calm")
        if unknown:
            said = self._words.say("UNHANDLED ALARMS: not known")
        elif pins:
            alarms = sum(len(pin.rows) for pin in pins)
            said = self._words.say("UNHANDLED ALARMS: {n}", n=alarms)
            hidden = len(pins) - most
            if hidden > 0:
                said += "  " + self._words.say("({n} more below)", n=hidden)
        else:
            said = self._words.say("No unhandled alarm")
            if self.focused is self.pinned:
                self._focus(self.list)
        self._static("pinned-title", Text(f" {said}", no_wrap=True))

    def _show_head(self) -> None:
        if not self._showing:
            return
        self._situation.directory_error = self._people.error
        show = self._static
        show("title", title(self._config.name, self._operator, self._words, self._now()))
        show("states", states(self._situation, self._lines))
        self._show_alerts()
        show("lines", receivers(self._situation.bridge, self._lines, self.size.width))
        show("bar", self._bar())
        show("hints", key_hints(self._hints(), self.size.width))

    def _show_alerts(self) -> None:
        """Each in colour over the whole width, so that it is seen from across the room."""
        width = self.size.width
        text = Text()
        for said, style in alerts(self._situation, self._words):
            for line in Text(said).wrap(self.console, width - 2):
                text.append("\n" if text else "")
                text.append(fit(f" {line.plain}", width), style)
        self._texts["alerts"].display = bool(text)
        self._static("alerts", text)

    def _show_side(self) -> None:
        if not self._showing:
            return
        side = self._side
        row = self._selected()
        if not side.has_class("open"):
            return
        width = max(20, side.size.width - 4)
        text = self._details.of(row, self._people.of(row), width) if row else Text("")
        self._static("side-text", text)

    def _static(self, name: str, text: Text) -> None:
        """Nothing is drawn, and nothing laid out anew, unless that is needed."""
        text, before = clean(text), self._said.get(name)
        if text == before and before is not None and text.spans == before.spans:
            return
        self._said[name] = text
        lines = text.plain.count("\n")
        grown = name in _GROWING and (before is None or before.plain.count("\n") != lines)
        self._texts[name].update(text, layout=grown)

    def _bar(self) -> Text:
        say, wanted = self._words.say, self._filter
        names = {
            "all": say("all signals"),
            "alarms": say("alarms only"),
            "unhandled": say("unhandled only"),
        }
        text = Text.assemble((f" {names[wanted.show]} ", "bold"), no_wrap=True)
        if wanted.site:
            text.append("  " + say("account {account}", account=wanted.site[1]), "bold #f5c542")
        if wanted.text:
            text.append("  " + say("search “{text}”", text=wanted.text), "bold #f5c542")
        if self._frozen is not None:
            held = say("HELD, {n} new; p goes on", n=self._arrived)
            text.append(f"  {held} ", "bold #000000 on #f5c542")
        text.append("  " + say("last {n} in the journal", n=len(self._board)), "#8a8f98")
        if not self._bell:
            text.append("  " + say("bell off"), "#8a8f98")
        return text

    def _hints(self) -> Sequence[tuple[str, str]]:
        say = self._words.say
        return (
            ("t", say("handle")),
            ("T", say("account")),
            ("u", say("undo")),
            ("Enter", say("open")),
            ("n", say("next")),
            ("f", say("filter")),
            ("/", say("search")),
            ("?", say("help")),
            ("a", say("this account")),
            ("p", say("hold")),
            ("l", say("lines")),
            ("q", say("quit")),
        )

    def _describe(self, row: Row) -> str:
        entry = self._people.of(row)
        known = (entry.subscriber, entry.ref, entry.address) if entry else ()
        fields = (row.receiver, row.account or "", row.field("code") or "", *known)
        return " ".join((*fields, self._lines.event(row)))

    # What keys do

    def _selected(self) -> Row | None:
        """The signal that keys are about."""
        if self.focused is self.pinned and (pin := self.pinned.current):
            return pin.first
        return self.list.current

    def _selected_rows(self) -> list[Row]:
        if self.focused is self.pinned and (pin := self.pinned.current):
            return list(pin.rows)
        row = self.list.current
        return [row] if row else []

    def on_rows_moved(self) -> None:
        self._show_side()

    def on_rows_opened(self) -> None:
        row = self._selected()
        if row is None:
            return

        def build(width: int) -> Text:
            return self._details.of(row, self._people.of(row), width)

        self.push_screen(Page(self._words.say("Details"), build, self._words, ticks=True))

    def action_help(self) -> None:
        self.push_screen(
            Page(self._words.say("Help"), lambda width: help_text(self._words), self._words, False)
        )

    def action_lines(self) -> None:
        def build(width: int) -> Text:
            return every_receiver(self._situation.bridge, self._lines)

        self.push_screen(Page(self._words.say("Receiver lines"), build, self._words, False))

    def action_next_alarm(self) -> None:
        if self.pinned.current is None:
            self.notify(self._words.say("No unhandled alarm"))
            return
        self._focus(self.pinned)
        self.pinned.action_first()

    def action_filter(self) -> None:
        later = SHOWS[(SHOWS.index(self._filter.show) + 1) % len(SHOWS)]
        self._filter_by(Filter(later, self._filter.site, self._filter.text))

    def action_account(self) -> None:
        row = self._selected()
        site = None if self._filter.site or row is None else row.site
        self._filter_by(Filter(self._filter.show, site, self._filter.text))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In a text field and above the display a slash is a slash."""
        if action == "search":
            return len(self.screen_stack) == 1 and self.focused is not self._search
        return True

    def action_search(self) -> None:
        self._search.value = ""
        self._search.display = True
        self._focus(self._search)

    def action_clear(self) -> None:
        self._close_search()
        self._filter_by(Filter(self._filter.show))

    def on_input_changed(self, event: Input.Changed) -> None:
        if event.input.id == "search":
            self._filter_by(Filter(self._filter.show, self._filter.site, event.value.strip()))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if event.input.id == "search":
            self._search.display = False
            self._focus(self.list)

    def action_pause(self) -> None:
        self._frozen = None if self._frozen is not None else self._board.rows(self._filter)
        self._arrived = 0
        self._show_all()

    def action_bell_switch(self) -> None:
        self._bell = not self._bell
        self._show_head()

    def action_tick(self) -> None:
        self._ask(self._selected_rows())

    def action_tick_site(self) -> None:
        row = self._selected()
        if row is not None:
            self._ask(self._board.unhandled_of(row, self._situation.sent_since))

    def action_undo(self) -> None:
        rows = [row for row in self._selected_rows() if self._board.tick(row)]
        if not rows:
            self.notify(self._words.say("This signal is not ticked."))
            return
        self.run_worker(self._undo(rows), group="ticks")

    def _ask(self, rows: list[Row]) -> None:
        say = self._words.say
        if self._situation.read_only or self._situation.journal_error:
            cause = self._situation.read_only or self._situation.journal_error
            text = say("Read only, alarms cannot be ticked: {cause}", cause=cause)
            self.notify(text, severity="error", timeout=15, markup=False)
            return
        rows = [row for row in rows if self._board.tick(row) is None]
        if not rows:
            self.notify(say("Nothing unhandled here."))
            return

        def answered(answer: Answer | None) -> None:
            if answer is not None:
                self._operator = answer[0]
                self.run_worker(self._tick(rows, *answer), group="ticks")

        self.push_screen(TickDialog(self._what(rows), self._operator, self._words), answered)

    def _what(self, rows: Sequence[Row]) -> Text:
        """What is about to be ticked, in words."""
        entry, first = self._people.of(rows[0]), rows[0]
        name = entry.subscriber if entry and entry.subscriber else ""
        text = Text()
        text.append(" ".join(part for part in (first.account, name) if part) + "\n", "bold")
        if len(rows) > 1:
            text.append(self._words.say("{n} signals", n=len(rows)) + "\n")
        for row in rows[:6]:
            text.append(f"{self._lines.clock(row.received_at)} {self._lines.event(row)}\n")
        if len(rows) > 6:
            text.append(self._words.say("and {n} more", n=len(rows) - 6))
        text.rstrip()
        return clean(text)

    async def _tick(self, rows: Sequence[Row], by: str, note: str) -> None:
        signals = [Ticked(row.uid, row.receiver, row.account) for row in rows]
        try:
            async with self._feed_lock:
                done = await asyncio.to_thread(self._feed.tick, signals, by, note)
        except JournalError as error:
            self._fail(error)
            return
        await self._look()
        if len(done) < len(rows):
            others = len(rows) - len(done)
            said = self._words.say("{n} had been ticked by somebody else.", n=others)
            self.notify(said, severity="warning")
        else:
            self.notify(self._words.say("{n} ticked as handled; u takes it back.", n=len(done)))

    async def _undo(self, rows: Sequence[Row]) -> None:
        uids = [tick.uid for row in rows if (tick := self._board.tick(row))]
        try:
            async with self._feed_lock:
                done = await asyncio.to_thread(self._feed.withdraw, uids)
        except JournalError as error:
            self._fail(error)
            return
        await self._look()
        if done:
            self.notify(self._words.say("{n} unhandled again.", n=len(done)))
        else:
            said = self._words.say("Too late: Odoo is being told already.")
            self.notify(said, severity="warning")

    def _fail(self, error: JournalError) -> None:
        said = self._words.say("NOT SAVED: {cause}", cause=error)
        self.notify(said, severity="error", timeout=30, markup=False)

    def _close_search(self) -> None:
        if self._search.display:
            self._search.display = False
            self._focus(self.list)
        self._search.value = ""

    def _focus(self, widget: Widget) -> None:
        """At once: the next key may be here already, and must not go where the last one went."""
        self.screen_stack[0].set_focus(widget)

    def _filter_by(self, wanted: Filter) -> None:
        if wanted != self._filter:
            self._filter = wanted
            self._frozen = None
            self._show_all()
