"""What opens above the display: ticking, help, details and lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from .heading import key_hints
from .lines import clean
from .words import Words

Answer = tuple[str, str]
"""Name of the operator, note."""


class TickDialog(ModalScreen[Answer | None]):
    """Asks who has handled it and for a note; the note may be empty, the name may not."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", show=False)]

    def __init__(self, what: Text, operator: str, words: Words) -> None:
        super().__init__()
        self._what = what
        self._operator = operator
        self._words = words

    def compose(self) -> ComposeResult:
        say = self._words.say
        with Vertical(classes="dialog"):
            yield Static(say("Tick as handled"), classes="title")
            yield Static(self._what, id="what")
            yield Static(say("Note"), classes="label")
            yield Input(
                placeholder=say("what was done, whom you called"), id="note", max_length=500
            )
            yield Static(say("Your name"), classes="label")
            yield Input(self._operator, id="operator", max_length=80)
            yield Static("", id="mistake")
            hints = (("Enter", say("handled")), ("Tab", say("next field")), ("Esc", say("cancel")))
            yield Static(key_hints(hints, 70), classes="hints")

    def on_mount(self) -> None:
        self.query_one("#note" if self._operator else "#operator", Input).focus()

    def on_input_submitted(self) -> None:
        operator = " ".join(self.query_one("#operator", Input).value.split())
        if not operator:
            self.query_one("#mistake", Static).update(
                Text(self._words.say("A tick needs the name of who handled it."), "bold #ff8080")
            )
            self.query_one("#operator", Input).focus()
            return
        self.dismiss((operator, self.query_one("#note", Input).value.strip()))


class Page(ModalScreen[None]):
    """A text to read and scroll, refreshed while it is open; any of its keys closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q,f1,question_mark,l", "dismiss", show=False),
        Binding("up,k", "scroll('scroll_up')", show=False),
        Binding("down,j", "scroll('scroll_down')", show=False),
        Binding("pageup", "scroll('scroll_page_up')", show=False),
        Binding("pagedown,space", "scroll('scroll_page_down')", show=False),
        Binding("home,g", "scroll('scroll_home')", show=False),
        Binding("end,G", "scroll('scroll_end')", show=False),
        Binding("t", "then('tick')", show=False),
        Binding("T", "then('tick_site')", show=False),
        Binding("u", "then('undo')", show=False),
    ]

    def __init__(self, title: str, build: Callable[[int], Text], words: Words, ticks: bool) -> None:
        """``build`` gives the text for a width; with ``ticks`` the keys of ticking work here."""
        super().__init__()
        self._title = title
        self._build = build
        self._words = words
        self._ticks = ticks

    def compose(self) -> ComposeResult:
        say = self._words.say
        with Vertical(classes="page"):
            yield Static(self._title, classes="title")
            with VerticalScroll(id="text"):
                yield Static("", id="content")
            hints = [("Esc", say("back")), ("↑↓", say("scroll"))]
            if self._ticks:
                hints += [
                    ("t", say("handle")),
                    ("T", say("all of account")),
                    ("u", say("undo")),
                ]
            yield Static(key_hints(hints, 78), classes="hints")

    def on_mount(self) -> None:
        self.renew()
        self.set_interval(1.0, self.renew)

    def on_resize(self) -> None:
        self.renew()

    def renew(self) -> None:
        width = max(20, self.app.size.width - 4)
        self.query_one("#content", Static).update(clean(self._build(width)))

    def action_scroll(self, how: str) -> None:
        getattr(self.query_one("#text", VerticalScroll), how)(animate=False)

    async def action_then(self, action: str) -> None:
        if self._ticks:
            self.dismiss()
            await self.app.run_action(action)


def help_text(words: Words) -> Text:
    """The keys, and what signs and colours say."""
    say = words.say
    text = Text()
    for head, lines in _HELP:
        text.append(say(head) + "\n", "bold #7aa7f0")
        for key, does in lines:
            text.append(f"  {key:<14}", "bold")
            text.append(say(does) + "\n")
        text.append("\n")
    text.append(say("While Odoo is down") + "\n", "bold #7aa7f0")
    for line in _EXPLAINED:
        text.append("  " + say(line) + "\n")
    return text


_HELP = (
    (
        "Handle",
        (
            ("n", "go to the most urgent unhandled alarm"),
            ("Enter", "details: address, phones, keyholders, zones, all fields"),
            ("t", "tick the selected alarm as handled, with a note and your name"),
            ("T", "tick everything unhandled of this account"),
            ("u", "undo a tick, as long as Odoo has not been told"),
        ),
    ),
    (
        "Find",
        (
            ("f", "show all, alarms only, unhandled only"),
            ("a", "only this account, and back"),
            ("/", "search: account, name, event, zone, text"),
            ("Esc", "clear search and account"),
            ("p", "hold the list still, and go on"),
        ),
    ),
    (
        "Move",
        (
            ("Tab", "between unhandled alarms and the list"),
            ("↑↓ PgUp PgDn", "in the list; Home and End: newest, oldest"),
            ("l", "receiver lines with everything known of them"),
            ("b", "bell on a new alarm on, off"),
            ("q", "quit the display; the bridge goes on"),
        ),
    ),
    (
        "Signs",
        (
            ("!!! !! !", "alarm: life, intrusion, other; ~ trouble; none: for the record"),
            (">", "waits for Odoo"),
            ("v", "handled here"),
            ("X", "rejected by Odoo"),
            ("?", "Odoo had it before it went down: ask whether it was handled"),
        ),
    ),
)

_EXPLAINED = (
    "Every alarm that Odoo does not have stays on top until it is ticked.",
    "Ticks are on disk at once and reach Odoo behind their signals.",
    "Other displays on the same journal show them too.",
)
