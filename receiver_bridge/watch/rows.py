"""A list of any length of which only the visible lines are drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Generic, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click, Focus, Resize
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from .lines import Parts

Item = TypeVar("Item")

_CURSOR = Style.parse("on #2f4a75")
_RESTING = Style.parse("on #22262e")


class Rows(ScrollView, Generic[Item], can_focus=True):
    """``draw`` gives an item in so many cells; ``key`` tells an item from all others, so that the
    cursor stays on it while others come and go. At the top of the list the cursor stays at the top
    (``follows``) until somebody moves it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown,space", "page(1)", show=False),
        Binding("home,g", "first", show=False),
        Binding("end,G", "last", show=False),
        Binding("enter", "open", show=False),
    ]

    class Moved(Message):
        """The cursor is on another item."""

    class Opened(Message):
        """Enter was pressed on an item."""

    def __init__(
        self,
        draw: Callable[[Item, int], Parts],
        key: Callable[[Item], str],
        follows: bool,
        id: str,
    ) -> None:
        super().__init__(id=id)
        self._draw = draw
        self._key = key
        self._follows = follows
        self._items: Sequence[Item] = ()
        self._cursor = 0

    @property
    def current(self) -> Item | None:
        """The item under the cursor."""
        return self._items[self._cursor] if self._items else None

    def show(self, items: Sequence[Item]) -> None:
        """Show these; the cursor stays on its item, or where it was when that is gone."""
        before = self._key(self.current) if self.current is not None else None
        at_top = self._follows and self._cursor == 0
        self._items = items
        self.virtual_size = Size(self.size.width, len(items))
        found = 0
        if not at_top and before is not None:
            keys = (index for index, item in enumerate(items) if self._key(item) == before)
            found = next(keys, self._cursor)
        self._go(min(found, max(0, len(items) - 1)))
        self.refresh()
        if self.current is not None and self._key(self.current) != before:
            self.post_message(self.Moved())

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        index = y + self.scroll_offset.y
        if index >= len(self._items):
            return Strip.blank(width, self.rich_style)
        base = self.rich_style
        if index == self._cursor:
            base += _CURSOR if self.has_focus else _RESTING
        parts = self._draw(self._items[index], width)
        return Strip(
            [Segment(text, base + Style.parse(style)) for text, style in parts]
        ).adjust_cell_length(width, base)

    def action_move(self, by: int) -> None:
        self._move_to(self._cursor + by)

    def action_page(self, by: int) -> None:
        self._move_to(self._cursor + by * max(1, self.size.height - 1))

    def action_first(self) -> None:
        self._move_to(0)

    def action_last(self) -> None:
        self._move_to(len(self._items) - 1)

    def action_open(self) -> None:
        if self._items:
            self.post_message(self.Opened())

    def on_click(self, event: Click) -> None:
        self._move_to(event.y + self.scroll_offset.y)

    def on_focus(self, event: Focus) -> None:
        self.post_message(self.Moved())

    def on_resize(self, event: Resize) -> None:
        self.virtual_size = Size(event.size.width, len(self._items))
        self._go(self._cursor)

    def _move_to(self, index: int) -> None:
        if not self._items:
            return
        self._go(max(0, min(index, len(self._items) - 1)))
        self.refresh()
        self.post_message(self.Moved())

    def _go(self, index: int) -> None:
        self._cursor = index
        self.scroll_to_region(
            Region(0, index, max(1, self.size.width), 1), animate=False, force=True, immediate=True
        )
