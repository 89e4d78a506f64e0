"""Somebody at a screen of Odoo, and the list of everything that anybody typed or chose.

The list is the proof that a fact is entered once: `Ledger.twice` names what was entered again.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from playwright.sync_api import Locator, Page

# Whether a field of that name shows that value, to read or to write.
_SHOWS = """([name, value]) =>
    [...document.querySelectorAll(`.o_field_widget[name='${name}']`)].some((field) =>
        [field.innerText, ...[...field.querySelectorAll("input, textarea")].map((one) => one.value)]
            .join(" ")
            .includes(value)
    )"""


@dataclass(frozen=True)
class Entry:
    who: str
    screen: str
    field: str
    value: str


class Ledger:
    """What was entered where, in the order of the work."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def note(self, who: str, screen: str, field: str, value: str) -> None:
        self.entries.append(Entry(who, screen, field, value))

    def twice(self) -> dict[str, list[Entry]]:
        """Value -> where it was entered, of those that were entered more than once. Case, spaces
        and leading zeros make no other value."""
        found = defaultdict(list)
        for entry in self.entries:
            found["".join(entry.value.split()).casefold().lstrip("0")].append(entry)
        return {value: entries for value, entries in found.items() if len(entries) > 1}

    def __str__(self) -> str:
        widths = [
            max((len(getattr(entry, name)) for entry in self.entries), default=0)
            for name in ("who", "screen", "field")
        ]
        return "\n".join(
            "  ".join(
                [
                    entry.who.ljust(widths[0]),
                    entry.screen.ljust(widths[1]),
                    entry.field.ljust(widths[2]),
                    entry.value,
                ]
            )
            for entry in self.entries
        )


class Typist:
    """Enters values on one page in one name; what he enters is in the ledger.

    ``within`` narrows a field to a part of the page: the row that is being edited, a dialog.
    """

    ROW = ".o_selected_row"
    TAB = ".tab-pane.active"
    DIALOG = ".modal:not(.o_inactive_modal)"

    def __init__(self, page: Page, who: str, ledger: Ledger, url: str) -> None:
        self.page, self.who, self.ledger, self._url = page, who, ledger, url
        self.screen = ""

    # -- where

    def open(self, address: str, screen: str) -> None:
        """Go to an address below the server's, known as ``screen`` in the ledger."""
        self.screen = screen
        self.page.goto(f"{self._url}/{address}")

    def field(self, name: str, within: str = "") -> Locator:
        return self.page.locator(f"{within} .o_field_widget[name='{name}']").first

    # -- what

    def type(self, name: str, value: str, within: str = "") -> None:
        """A text, number or date."""
        target = self.field(name, within).locator("input, textarea").first
        target.fill(value)
        if within != self.ROW:
            # In the last cell of a row it would begin another one.
            target.press("Tab")
        self._note(name, value)

    def choose(self, name: str, value: str, within: str = "") -> None:
        """A record of a many2one, many2many or the like, by what it is called."""
        target = self.field(name, within).locator("input").first
        target.click()
        target.fill(value)
        self.page.locator(".o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option)").filter(
            has_text=value
        ).first.click()
        self._note(name, value)

    def make(self, name: str, value: str) -> None:
        """A new record for a many2one, of nothing but its name."""
        target = self.field(name).locator("input").first
        target.click()
        target.fill(value)
        self.page.locator(".o_m2o_dropdown_option_create").first.click()
        self._note(name, value)

    def select(self, name: str, value: str, within: str = "") -> None:
        """One of a selection field's values, by its label."""
        field = self.field(name, within)
        if field.locator("input[type=radio]").count():
            field.get_by_label(value, exact=True).check()
        else:
            field.locator("input").first.click()
            self.page.locator(".o_select_menu_item").filter(has_text=value).first.click()
        self._note(name, value)

    def fill(self, target: Locator, field: str, value: str) -> None:
        """Into anything else that takes a text, as on a page of a customer or on a telephone."""
        target.fill(value)
        self._note(field, value)

    def add_row(self, name: str) -> None:
        """A new row in the list of a form."""
        rows = self.field(name).locator(".o_data_row")
        before = rows.count()
        self.field(name).locator(".o_field_x2many_list_row_add a").first.click()
        # Not the row that was edited until now, which stays so for a moment.
        rows.nth(before).and_(self.page.locator(self.ROW)).wait_for()

    # -- deeds, which enter nothing

    def turn_to(self, tab: str) -> None:
        """A page of a form's notebook."""
        self.page.get_by_role("tab", name=tab).click()

    def press(self, name: str, within: str = "") -> None:
        """A button of a form, by the method that it calls."""
        self.page.locator(f"{within} button[name='{name}']:visible").first.click()

    def save(self) -> None:
        self.page.locator(".o_form_button_save:visible").first.click()
        self.page.locator(
            ".o_form_saved, .o_form_status_indicator:not(:has(button:visible))"
        ).first.wait_for(state="attached")

    def shows(self, name: str, value: str) -> None:
        """Wait until a field shows what it should know by itself."""
        field = self.field(name)
        field.wait_for()
        self.page.wait_for_function(_SHOWS, arg=[name, value])

    def _note(self, field: str, value: str) -> None:
        self.ledger.note(self.who, self.screen, field, value)


def draw_signature(page: Page, canvas: Locator) -> None:
    """A stroke of the pen."""
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box, "the field for the signature is not on the screen"
    left, top = box["x"] + box["width"] / 4, box["y"] + box["height"] / 2
    page.mouse.move(left, top)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(left + step * box["width"] / 20, top + (-1) ** step * box["height"] / 6)
    page.mouse.up()
