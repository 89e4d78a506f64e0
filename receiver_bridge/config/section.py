"""One table of a TOML file, read key by key; what is wrong is noted and reading goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from .mistakes import Mistake

_T = TypeVar("_T")


class Section:
    """Reads typed values out of ``table``; every mistake is added to ``mistakes``.

    A reading method returns the default when the key is absent or wrong: the caller goes on, and
    the configuration is refused at the end because ``mistakes`` is not empty.
    """

    def __init__(
        self, file: Path, title: str, table: dict[str, Any], mistakes: list[Mistake]
    ) -> None:
        self.file = file
        self.title = title
        self._table = table
        self._mistakes = mistakes
        self._known: list[str] = []

    def has(self, key: str) -> bool:
        return key in self._table

    def names(self) -> list[str]:
        """All keys there are, where the names themselves are data."""
        return list(self._table)

    def wrong(self, key: str, found: str, allowed: str) -> None:
        self._mistakes.append(Mistake(self.file, self._path(key), found, allowed))

    def text(self, key: str, allowed: str, default: str | None = None) -> str:
        """A non-empty string; required without a default."""
        value = self._value(key, default)
        if not isinstance(value, str) or not value.strip():
            self.wrong(key, _show(value), allowed)
            return default or ""
        return value

    def choice(self, key: str, choices: Sequence[str], default: str | None = None) -> str:
        allowed = " or ".join(f'"{choice}"' for choice in choices)
        value = self._value(key, default)
        if value not in choices:
            self.wrong(key, _show(value), allowed)
            return default or choices[0]
        return str(value)

    def number(self, key: str, default: float, low: float, high: float, unit: str) -> float:
        allowed = f"a number of {unit} from {low:g} to {high:g}"
        value = self._value(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.wrong(key, _show(value), allowed)
            return default
        if not low <= value <= high:
            self.wrong(key, f"{value:g}", allowed)
            return default
        return float(value)

    def flag(self, key: str, default: bool = False) -> bool:
        value = self._value(key, default)
        if not isinstance(value, bool):
            self.wrong(key, _show(value), "true or false")
            return default
        return value

    def texts(self, key: str, allowed: str) -> list[str]:
        """A list of strings, empty when absent."""
        value = self._value(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.wrong(key, _show(value), allowed)
            return []
        return value

    def some_of(self, key: str, choices: Sequence[str]) -> frozenset[str]:
        """A list of names out of ``choices``, empty when absent."""
        allowed = " or ".join(f'"{choice}"' for choice in choices)
        names = self.texts(key, f"a list of {allowed}")
        for name in names:
            if name not in choices:
                self.wrong(key, repr(name), allowed)
        return frozenset(names)

    def parsed(self, key: str, parse: Callable[[str], _T], allowed: str) -> _T | None:
        """A required string that ``parse`` takes apart; its ValueError says what is allowed."""
        text = self.text(key, allowed)
        if not text:
            return None
        try:
            return parse(text)
        except ValueError as error:
            self.wrong(key, repr(text), str(error))
            return None

    def read_file(self, key: str, read: Callable[[Path], _T], allowed: str) -> _T | None:
        """What ``read`` makes of a required file; its ValueError says what is wrong with it. A
        relative path is relative to the file that names it."""
        text = self.text(key, allowed)
        if not text:
            return None
        try:
            return read(self.file.parent / Path(text).expanduser())
        except ValueError as error:
            self.wrong(key, str(error), allowed)
            return None

    def table(self, key: str, required: bool = True) -> Section | None:
        """The sub-table ``[key]``; None when it is absent and need not be there."""
        self._known.append(key)
        value = self._table.get(key)
        if value is None and not required:
            return None
        if not isinstance(value, dict):
            self._mistakes.append(
                Mistake(self.file, f"[{key}]", _show(value), f"a table [{key}] with its keys")
            )
            return None
        return Section(self.file, key, value, self._mistakes)

    def tables(self, key: str) -> list[Section]:
        """The tables ``[[key]]``, at least one."""
        self._known.append(key)
        value = self._table.get(key, [])
        if (
            not isinstance(value, list)
            or not value
            or not all(isinstance(item, dict) for item in value)
        ):
            found = "none" if value == [] else _show(value)
            self._mistakes.append(
                Mistake(self.file, f"[[{key}]]", found, f"one table [[{key}]] or more")
            )
            return []
        return [
            Section(self.file, f"{key}[{number}]", item, self._mistakes)
            for number, item in enumerate(value, start=1)
        ]

    def no_other_keys(self) -> None:
        """Notes every key that none of the reading methods asked for."""
        for key in self._table:
            if key not in self._known:
                self.wrong(key, "an unknown key", ", ".join(sorted(self._known)))

    def _value(self, key: str, default: object) -> Any:
        self._known.append(key)
        return self._table.get(key, default)

    def _path(self, key: str) -> str:
        return f"{self.title}.{key}" if self.title else key


def _show(value: object) -> str:
    return "nothing" if value is None else repr(value)
